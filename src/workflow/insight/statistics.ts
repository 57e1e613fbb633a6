import type { Actor } from '../../domain/actor.ts';
import { type Counted, statisticsOf } from '../../domain/insight/statistics.ts';
import { letsAllAskAll } from '../../domain/policy/requesters.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { sinceOf } from '../../stages/intake/since.ts';
import type { SlashCommand } from '../../stages/intake/slash-command.ts';
import { type Awaited, statisticsText } from '../../stages/show/statistics-text.ts';
import { isOneOfSeveral, usualCluster } from '../clusters.ts';
import { approversFor, type WorkflowContext } from '../context.ts';
import { seenBy } from '../rights/see.ts';
import type { CountedAsked, NamespaceAt } from './statistics-port.ts';

/** A week, unless told. */
const usual = '7d';

/** Of so many that wait is said for whom. */
const mostAwaited = 5;

type Asked = Extract<SlashCommand, { kind: 'stats' }>;

/** A title and lines, as somebody may see them, or why there are none. */
type StatisticsAnswer =
  | { readonly kind: 'statistics'; readonly title: string; readonly lines: readonly string[] }
  | { readonly kind: 'not understood'; readonly sentence: string };

/** Who asks, and in which channel. */
interface Asker {
  readonly actor: Actor;
  readonly channel?: string | undefined;
}

/**
 * What was done since an instant, in numbers; only where whoever asks may ask or approve. A word that is no time is a
 * playbook where there is one of the name, else a namespace: of the cluster that is said, or that a command would be for.
 */
export async function statisticsFor(
  context: WorkflowContext,
  asked: Asked,
  { actor, channel }: Asker,
): Promise<StatisticsAnswer> {
  const { since: word = usual, extra } = asked;
  const now = await context.store.now();
  const since = sinceOf(word, now);
  if (since === undefined) return notUnderstood(`"${cut(redact(word), 40)}" is no time in the past.`);
  if (extra !== undefined) return notUnderstood(`"${cut(redact(extra), 40)}" is a word too many.`);
  const { which, about } = chosenBy(context, asked, channel);
  const { namespaces, hidden } = await seenNamespaces(context, since, actor);
  const { counted, isCut } = await context.store.counted({ since, now, namespaces, ...which });
  const more = [
    ...(hidden === 0
      ? []
      : ['', `Namespaces where you may neither ask nor approve are left out: ${hidden}.`]),
    ...(isCut ? ['', 'These are the newest; there are more.'] : []),
  ];
  if (counted.length === 0)
    return {
      kind: 'statistics',
      title: `Nothing${about} was asked for since ${dayText(since)}.`,
      lines: more,
    };
  const statistics = statisticsOf(counted);
  const awaited = await awaitedOf(context, statistics.waiting.slice(0, mostAwaited));
  return {
    kind: 'statistics',
    title: `What was done${about} since ${dayText(since)}`,
    lines: [...statisticsText(statistics, awaited), ...more],
  };
}

/** What is counted of all, and how it is called. Namespaces of one name are of one cluster, where there are several. */
function chosenBy(
  context: WorkflowContext,
  { name, of, cluster }: Asked,
  channel: string | undefined,
): { readonly which: Pick<CountedAsked, 'playbook' | 'namespace' | 'cluster'>; readonly about: string } {
  const within = (at: string | undefined) => (at === undefined ? '' : ` in the cluster ${at}`);
  if (name === undefined) return { which: { cluster }, about: within(cluster) };
  const said = cut(redact(name), 63);
  const isPlaybook =
    of === undefined ? context.playbooks().some((each) => each.name === name) : of === 'playbook';
  if (isPlaybook)
    return { which: { playbook: name, cluster }, about: ` of the playbook ${said}${within(cluster)}` };
  const usualHere = isOneOfSeveral(context) ? usualCluster(context, channel).name : undefined;
  const at = cluster ?? usualHere;
  return { which: { namespace: name, cluster: at }, about: ` in the namespace ${said}${within(at)}` };
}

const notUnderstood = (sentence: string): StatisticsAnswer => ({
  kind: 'not understood',
  sentence: `${sentence} Try: /remediate stats 7d, or /remediate stats 4w shop`,
});

const dayText = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

/** Undefined where nothing is kept from anybody; else those namespaces whose newest remediation the person may see. */
async function seenNamespaces(
  context: WorkflowContext,
  since: string,
  actor: Actor,
): Promise<{ readonly namespaces?: readonly NamespaceAt[]; readonly hidden: number }> {
  if (letsAllAskAll(context.policy())) return { hidden: 0 };
  const all = await context.store.namespacesSince(since);
  const seen = await seenBy(context, all, actor);
  return { namespaces: seen, hidden: all.length - seen.length };
}

/** Counted: where columns stand nobody's id becomes a name, and who reads it is asked for nothing. The card names them. */
async function awaitedOf(context: WorkflowContext, waiting: readonly Counted[]): Promise<Awaited> {
  const found = await Promise.all(
    waiting.map(async ({ number }) => {
      const row = await context.store.byNumber(number).catch(() => undefined);
      if (row === undefined) return [];
      const { users, groups } = approversFor(context.policy(), row);
      const who = [counted(groups.length, 'group', 'groups'), counted(users.length, 'person', 'people')];
      const named = who.filter((each) => each !== '').join(' or ');
      const may = named === '' ? 'nobody may approve: the policy names no approver' : `${named} may approve`;
      return [[number, may] as const];
    }),
  );
  return new Map(found.flat());
}

const counted = (count: number, one: string, more: string): string =>
  count === 0 ? '' : `${count} ${count === 1 ? one : more}`;

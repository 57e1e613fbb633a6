import { printAction } from '../../actions/print.ts';
import { namespaceOf } from '../../domain/action.ts';
import type { Actor } from '../../domain/actor.ts';
import { type Chosen, leftOutText, mostTogether, type Together } from '../../domain/incidents/together.ts';
import { type Remediation, specOf } from '../../domain/remediation.ts';
import { canonicalJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { after } from '../../domain/text/time.ts';
import { judgeTogether } from '../../stages/decide/together.ts';
import { isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import type { Moment } from '../lifecycle/transitions.ts';
import type { Answer, People, Transition } from '../ports.ts';
import { clickOn, type RoleApprovalRight, rightToApprove } from '../rights/approve.ts';
import { denied } from '../rights/denied.ts';
import { rightToSee } from '../rights/see.ts';
import { checkedAt } from '../rights/standing.ts';
import type { CountedVote, FoundTogether, Standing, TogetherOutcome } from './together-port.ts';
import { judgeVote } from './vote.ts';

/* Several proposals of a storm, approved at once: each stays its own remediation, with its own gate, guards and verdict. */

/** Who would approve which proposals of a storm. */
export interface TogetherAsked {
  readonly storm: number;
  readonly chosen: readonly string[];
  readonly actor: Actor;
}

type List = Extract<Together, { kind: 'list' }>;

/** What is asked to be confirmed: exactly what lands, and the digest of it that the confirmation carries. */
export type TogetherShown =
  | { readonly kind: 'refused'; readonly sentence: string }
  /** `cluster`: where all of it lands, where there are several. */
  | (List & { readonly digest: string; readonly cluster?: string });

/** Shows what one approval of these would come to; nothing is decided. */
export async function showTogether(context: WorkflowContext, asked: TogetherAsked): Promise<TogetherShown> {
  const judging = await prepare(context, asked);
  const seen: { list?: Listed } = {};
  const { sentence } = await context.store.voteTogether(placeOf(context, asked, judging), (found) => {
    const listed = listOf(context, asked, judging, found);
    if (listed.together.kind === 'list') seen.list = listed;
    const said = listed.together.kind === 'list' ? '' : listed.together.sentence;
    return { answer: { kind: 'refused', sentence: said }, votes: [] };
  });
  const { list } = seen;
  if (list?.together.kind === 'list') {
    const named = isOneOfSeveral(context) ? { cluster: judging.cluster } : {};
    return { ...list.together, digest: list.digest, ...named };
  }
  return { kind: 'refused', sentence: await noted(context, asked, judging, sentence) };
}

/**
 * Approves what was confirmed, all of it in one commit: `digest` is that of the list that was shown, and if by now anything
 * else would come of it, nothing is decided. The same confirmation again changes nothing.
 */
export async function approveTogether(
  context: WorkflowContext,
  asked: TogetherAsked & { readonly digest: string },
): Promise<Answer> {
  const judging = await prepare(context, asked);
  await context.probe('before-vote');
  const answer = await context.store.voteTogether(placeOf(context, asked, judging), (found) =>
    outcomeOf(context, asked, judging, found),
  );
  await context.probe('after-vote');
  const { storm, actor, chosen } = asked;
  context.log.info(
    { storm, user: actor.userId, chosen: chosen.length, answer: answer.kind },
    `Votes on ${chosen.length} proposals of storm ${storm}: ${answer.sentence}`,
  );
  const stop = answer.kind === 'recorded' ? await context.store.stopped() : undefined;
  if (stop !== undefined)
    return {
      ...answer,
      sentence: `${answer.sentence} Nothing runs yet: Firebreak is stopped (${stop.reason}).`,
    };
  const sentence =
    answer.kind === 'refused' ? await noted(context, asked, judging, answer.sentence) : answer.sentence;
  return { ...answer, sentence };
}

/** The hour that budgets count. */
const hour = 3600;

const placeOf = (context: WorkflowContext, { storm, chosen }: TogetherAsked, { cluster }: Judging) => ({
  storm,
  ids: [...new Set(chosen)].slice(0, mostTogether),
  cluster,
  since: after(context.clock(), -hour),
});

/** The rights of the person on each of them, looked up before anything is locked, and the moment of it. */
interface Judging {
  readonly rights: ReadonlyMap<string, RoleApprovalRight>;
  readonly began: string;
  /** Of the first of them: budgets are a cluster's. */
  readonly cluster: string;
}

async function prepare(context: WorkflowContext, { chosen, actor }: TogetherAsked): Promise<Judging> {
  const began = context.clock();
  const asking = { ...context, people: askedOnce(context) };
  const loaded = await Promise.all(
    [...new Set(chosen)].slice(0, mostTogether).map((id) => context.store.load(id)),
  );
  const found = loaded.filter((row) => row !== undefined);
  const rights = await Promise.all(
    found.map(async (row) => {
      const right =
        row.state === 'waiting'
          ? await rightToApprove(asking, row, actor, clickOn(row))
          : await rightToSee(asking, row, actor);
      return [row.id, right] as const;
    }),
  );
  return { rights: new Map(rights), began, cluster: found[0]?.cluster ?? context.cluster.name };
}

/** Most of them have the same approvers: the chat is asked once for the same. */
function askedOnce(context: WorkflowContext): WorkflowContext['people'] {
  const asked = new Map<string, ReturnType<People['mayApprove']>>();
  const once = (key: unknown[], ask: () => ReturnType<People['mayApprove']>) => {
    const name = JSON.stringify(key);
    const found = asked.get(name) ?? ask();
    asked.set(name, found);
    return found;
  };
  return async () => {
    const people = await context.people();
    return {
      mayApprove: (...of) => once(['approve', ...of], () => people.mayApprove(...of)),
      mayAsk: (...of) => once(['ask', ...of], () => people.mayAsk(...of)),
    };
  };
}

/** That somebody may approve none of it is written down, as it is for a click on a card. */
async function noted(
  context: WorkflowContext,
  { actor, storm }: TogetherAsked,
  { rights }: Judging,
  sentence: string,
): Promise<string> {
  const all = [...rights.values()];
  const [right] = all;
  if (right === undefined || right.kind === 'allowed' || all.some(({ kind }) => kind === 'allowed'))
    return sentence;
  return denied(context, { actor, command: `approve several proposals of storm ${storm}`, right });
}

interface Listed {
  readonly together: Together;
  readonly digest: string;
  readonly votes: readonly (CountedVote<Transition> & { readonly number: number })[];
}

/** Pure: what an approval of them by this person comes to now, and the digest of exactly that. */
function listOf(
  context: Pick<WorkflowContext, 'policy' | 'clock' | 'sha256'>,
  asked: TogetherAsked,
  judging: Judging,
  { standings, spent }: FoundTogether,
  reason?: string,
): Listed {
  const moment = { now: context.clock(), policy: context.policy() };
  const judged = standings.map((standing) => judgedAlone(asked, judging, standing, moment, reason));
  const chosen = [...judged.map((each) => each.chosen), ...unknownOnes(asked, standings)];
  const together = judgeTogether(chosen, { budgets: moment.policy.budgets, spent });
  const content = judged.map(({ chosen: each, standing }) => [
    standing.row.id,
    'digest' in standing.row ? (standing.row.digest ?? null) : null,
    typeof each.comes === 'string' ? each.comes : null,
  ]);
  return {
    together,
    digest: context.sha256(canonicalJson([asked.storm, asked.actor.userId, content])),
    votes: judged.flatMap(({ vote, chosen: { number } }) =>
      vote === undefined ? [] : [{ ...vote, number }],
    ),
  };
}

function unknownOnes({ chosen }: TogetherAsked, standings: readonly Standing[]): readonly Chosen[] {
  const known = new Set(standings.map(({ row }) => row.id));
  const missing = [...new Set(chosen)].filter((id) => !known.has(id)).length;
  const reason = 'It is not known here, or one too many.';
  return missing === 0 ? [] : [{ number: 0, score: 0, comes: { reason } }];
}

interface JudgedAlone {
  readonly standing: Standing;
  readonly chosen: Chosen;
  readonly vote?: CountedVote<Transition>;
}

function judgedAlone(
  { actor }: TogetherAsked,
  { rights, began, cluster }: Judging,
  standing: Standing,
  moment: Moment,
  reason: string | undefined,
): JudgedAlone {
  const { row, approvals } = standing;
  const right = rights.get(row.id);
  const about = aboutOf(row);
  const out = (why: string): JudgedAlone => ({ standing, chosen: { ...about, comes: { reason: why } } });
  if (right === undefined || right.kind !== 'allowed')
    return out(right?.reason ?? 'It could not be looked up whether you may approve it.');
  if (row.cluster !== cluster)
    return out(`It is for the cluster ${row.cluster}; one approval is for one cluster.`);
  if (row.requestedBy.kind !== 'playbook') return out('It is not proposed by a playbook.');
  const ballot = {
    remediationId: row.id,
    digest: 'digest' in row ? (row.digest ?? '') : '',
    actor,
    decision: 'approve' as const,
    checkedAt: checkedAt(right, began),
    roles: right.roles,
    ...(reason === undefined ? {} : { reason }),
  };
  const { answer, approval, transition } = judgeVote(ballot, row, approvals, moment);
  if (approval === undefined || transition === undefined) return out(answer.sentence);
  const comes = transition.next.state === 'approved' ? 'runs' : 'waits';
  return { standing, chosen: { ...about, comes }, vote: { row, approval, transition } };
}

function aboutOf(row: Remediation): Omit<Chosen, 'comes'> {
  const spec = specOf(row);
  const namespace = namespaceOf(row.action.target);
  const { requestedBy } = row;
  return {
    number: row.number,
    command: redact(printAction(row.action)),
    score: spec?.score ?? 0,
    ...(spec === undefined ? {} : { tier: spec.tier }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(requestedBy.kind === 'playbook' ? { playbook: requestedBy.playbook } : {}),
  };
}

function outcomeOf(
  context: WorkflowContext,
  asked: TogetherAsked & { readonly digest: string },
  judging: Judging,
  found: FoundTogether,
): TogetherOutcome<Answer, Transition> {
  const mark = markOf(asked);
  const isDone = found.standings.some(({ approvals }) =>
    approvals.some(({ actor, reason }) => actor.userId === asked.actor.userId && reason?.includes(mark)),
  );
  if (isDone)
    return { answer: { kind: 'already', sentence: 'You have approved this list already.' }, votes: [] };
  const first = listOf(context, asked, judging, found);
  if (first.together.kind === 'refused')
    return { answer: { kind: 'refused', sentence: first.together.sentence }, votes: [] };
  if (first.digest !== asked.digest)
    return { answer: { kind: 'refused', sentence: changedSentence }, votes: [] };
  const { playbook, included, leftOut } = first.together;
  const others = included.length - 1;
  const why = `With ${others} ${others === 1 ? 'other' : 'others'} of the playbook ${playbook} in storm ${asked.storm}; ${mark}`;
  const { votes } = listOf(context, asked, judging, found, why);
  const body = toldText(included, leftOut);
  return {
    answer: { kind: 'recorded', sentence: `Approved together. ${body}` },
    votes,
    told: {
      key: `${asked.digest}:${asked.actor.userId}`,
      headline: `${included.length} proposals of the playbook ${playbook} approved together by`,
      by: asked.actor.userId,
      body,
    },
  };
}

const changedSentence =
  'Nothing was approved: what would land is not what you were shown any more. Choose again and look at the new list.';

/** By this the votes of one confirmation are known among the votes. */
const markOf = ({ digest }: { readonly digest: string }): string => `list ${digest.slice(0, 12)}`;

function toldText(included: readonly Chosen[], leftOut: readonly Chosen[]): string {
  const numbers = (comes: Chosen['comes']) =>
    included.filter((each) => each.comes === comes).map(({ number }) => number);
  const [runs, waits] = [numbers('runs'), numbers('waits')];
  return [
    ...(runs.length === 0 ? [] : [`Each is looked at once more before it runs: ${runs.join(', ')}.`]),
    ...(waits.length === 0 ? [] : [`One more person must approve each of: ${waits.join(', ')}.`]),
    ...(leftOut.length === 0 ? [] : [`Left out: ${leftOut.map(leftOutText).join(' ')}`]),
  ].join(' ');
}

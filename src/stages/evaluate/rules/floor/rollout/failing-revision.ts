import {
  bestRevision,
  type History,
  isProven,
  livedFor,
  type Standing,
  standingOf,
} from '../../../../../actions/rollout/undo/standing.ts';
import { joined } from '../../../../../actions/sentence.ts';
import { targetKey } from '../../../../../domain/action.ts';
import type { ComesBack } from '../../../../../domain/effect.ts';
import type { WorkloadSubject } from '../../../../../domain/facts/facts.ts';
import type { Returning, Revision } from '../../../../../domain/facts/revision.ts';
import { span } from '../../../../../domain/text/clock-time.ts';
import {
  type Finding,
  floor,
  nothing,
  type Rule,
  type RuleInput,
  sourceOf,
  workloadOf,
} from '../../../rule.ts';

/**
 * Floor: a revision that was left as failing comes back, or one of which nothing shows that it ever worked, by an undo or
 * because its content or its images are written. For an undo the latest one that was ready for long is named, with the
 * whole command.
 */
export const failingRevision: Rule = (input) => {
  const workload = workloadOf(input);
  if (workload === undefined) return nothing;
  const { back } = input.effect.content;
  const history = historyOf(input, workload);
  if (back !== undefined) return [...unread(input, history), ...goneBackTo(input, back, history)];
  return workload.returning === undefined
    ? nothing
    : [...unread(input, history), ...broughtBack(input, workload.returning, history)];
};

/** What another version has written may say of any of them that it failed. */
function unread(input: RuleInput, { records }: History): readonly Finding[] {
  const numbers = records.flatMap(({ became, remediation }) => (became === 'not known' ? [remediation] : []));
  if (numbers.length === 0) return nothing;
  const which = `remediation ${joined(numbers.map(String))}`;
  const sentence = `Not known: what ${which} came to for its revisions; another version of Firebreak has written it.`;
  return [floor('human', sentence, sourceOf(input, which))];
}

function historyOf({ facts, circumstances, action }: RuleInput, workload: WorkloadSubject): History {
  const key = targetKey(facts.cluster, action.target);
  const records = (circumstances.revisions ?? []).filter(({ target }) => target === key);
  return { workload, now: facts.gatheredAt, records };
}

const sourceOfRevision = (input: RuleInput, { revision, source }: Revision) =>
  sourceOf(input, `revision ${revision} (${source})`);

function goneBackTo(input: RuleInput, back: ComesBack, history: History): readonly Finding[] {
  const { revision } = back;
  const standing = standingOf(revision, history);
  const source = sourceOfRevision(input, revision);
  if (standing.kind === 'failed') {
    const sentence = `Revision ${revision.revision} was left as failing: ${standing.reason}.`;
    return [floor('dual', `${sentence} ${instead(back, history)}`, source)];
  }
  if (standing.lived === undefined || isProven(revision, standing)) return nothing;
  const { from, to } = standing.lived;
  const sentence = `Revision ${revision.revision} was live for ${span(from, to)} only: whether its pods were ever ready is not known.`;
  return [floor('human', `${sentence}${better(back, history)}`, source)];
}

/** The closest first: what has the very content says more than what has the images. */
const closeness = ['content', 'images', 'some images'] as const;

interface BroughtBack extends Omit<Returning, 'revision'> {
  readonly revision: Revision;
  readonly standing: Standing;
}

/**
 * The latest of those that were left as failing, among those that come closest. What is known of the very content says more
 * than what is known of its images.
 */
function broughtBack(
  input: RuleInput,
  returning: readonly Returning[],
  history: History,
): readonly Finding[] {
  const known = returning.toReversed().flatMap((each): BroughtBack[] => {
    const revision = history.workload.revisions.find((one) => one.revision === each.revision);
    return revision === undefined ? [] : [{ ...each, revision, standing: standingOf(revision, history) }];
  });
  for (const as of closeness) {
    const close = known.filter((each) => each.as === as);
    const failed = failedAmong(input, close);
    if (failed !== undefined) return [failed];
    if (as === 'content' && close.length > 0) return shortLived(input, close);
  }
  return nothing;
}

/** Where another one with the same images is proven, the images alone are not to blame. */
function failedAmong(input: RuleInput, close: readonly BroughtBack[]): Finding | undefined {
  const proven = close.some(({ revision, standing }) => isProven(revision, standing));
  for (const each of close) {
    const { as, revision, standing } = each;
    if (standing.kind !== 'failed') continue;
    const tier = proven || as === 'some images' ? 'human' : 'dual';
    const sentence = `${subjectOf(each)} was left as failing: ${standing.reason}.`;
    return floor(tier, sentence, sourceOfRevision(input, revision));
  }
  return undefined;
}

function shortLived(input: RuleInput, close: readonly BroughtBack[]): readonly Finding[] {
  const [latest] = close;
  if (latest === undefined || close.some(({ revision, standing }) => isProven(revision, standing)))
    return nothing;
  const { revision, standing } = latest;
  if (standing.kind === 'failed' || standing.lived === undefined) return nothing;
  const { from, to } = standing.lived;
  const sentence = `${subjectOf(latest)} was live for ${span(from, to)} only: whether its pods were ever ready is not known.`;
  return [floor('human', sentence, sourceOfRevision(input, revision))];
}

const subjectOf = ({ revision, as, containers }: BroughtBack): string =>
  `Revision ${revision.revision}, ${whatReturns(as, containers)},`;

function whatReturns(as: Returning['as'], containers: readonly string[]): string {
  if (as === 'content') return 'which had just this content';
  if (as === 'images') return 'which ran just these images';
  return `which ran the same image in ${containers.join(', ')}`;
}

function instead(back: ComesBack, history: History): string {
  const best = bestRevision(history);
  if (best === undefined) return 'No other revision of its history is known to be any better.';
  const { revision, standing } = best;
  const command = back.commandTo(revision.revision);
  if (!isProven(revision, standing))
    return `Nothing speaks against revision ${revision.revision}: ${command}`;
  return `${provenWords(best)}: ${command}`;
}

/** Only one that is proven is better than one that is not known. */
function better(back: ComesBack, history: History): string {
  const best = bestRevision(history);
  if (best === undefined || !isProven(best.revision, best.standing)) return '';
  return ` ${provenWords(best)}: ${back.commandTo(best.revision.revision)}`;
}

function provenWords({ revision, standing }: NonNullable<ReturnType<typeof bestRevision>>): string {
  const number = revision.revision;
  if (standing.kind === 'failed' || standing.lived === undefined || livedFor(standing) === 0)
    return `Revision ${number} has ready pods`;
  return `Revision ${number} was live for ${span(standing.lived.from, standing.lived.to)}`;
}

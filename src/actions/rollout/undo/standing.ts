import type { RevisionRecord } from '../../../domain/circumstances.ts';
import type { Facts, WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { Revision } from '../../../domain/facts/revision.ts';
import { span } from '../../../domain/text/clock-time.ts';
import { epochOf, minutesBetween } from '../../../domain/text/time.ts';

/** What a revision is judged by. */
export interface History {
  readonly workload: WorkloadSubject;
  /** When the facts were gathered. */
  readonly now: Facts['gatheredAt'];
  /** What earlier remediations of the target came to; empty where nobody was asked. */
  readonly records: readonly RevisionRecord[];
}

/** What is known of a revision; `reason` completes "Revision 2 was left as failing: ...". */
export type Standing =
  | { readonly kind: 'failed'; readonly reason: string }
  /** Nothing speaks against it. `lived`: for how long it was live, where that can be told. */
  | { readonly kind: 'sound'; readonly lived: Lived | undefined };

interface Lived {
  readonly from: string;
  readonly to: string;
}

/** Minutes for which an undo speaks against what it left. */
const day = 24 * 60;

/** Minutes that a revision was live from which on it is taken as proven: the default of progressDeadlineSeconds. */
const provenMinutes = 10;

/**
 * Whether a revision was left as failing: by our verdicts, by an undo of the last day, by its pods. One that differs from it
 * in nothing but a restart fails with it. What cannot be told is not made up: an old ReplicaSet does not say whether its
 * pods were ever ready.
 */
export function standingOf(revision: Revision, history: History): Standing {
  const { revisions } = history.workload;
  const alike =
    revision.alike === undefined ? [revision] : revisions.filter((each) => each.alike === revision.alike);
  for (const each of [revision, ...alike.filter((other) => other !== revision)]) {
    const reason = failureOf(each, history);
    if (reason === undefined) continue;
    const other = each === revision ? '' : `revision ${each.revision} differs only by a restart, and `;
    return { kind: 'failed', reason: `${other}${reason}` };
  }
  return { kind: 'sound', lived: livedOf(revision, revisions) };
}

/** True for a revision that was live for long, or runs with ready pods now. */
export function isProven(revision: Revision, standing: Standing): boolean {
  if (standing.kind === 'failed') return false;
  return (revision.pods?.ready ?? 0) > 0 || livedFor(standing) >= provenMinutes;
}

/** Whole minutes that a sound revision was live; 0 where that is not known. */
export function livedFor(standing: Standing): number {
  if (standing.kind === 'failed' || standing.lived === undefined) return 0;
  return minutesBetween(standing.lived.from, standing.lived.to);
}

/**
 * The revision to go back to: the latest that is proven, else the latest that nothing speaks against. Never what runs now.
 */
export function bestRevision(
  history: History,
): { readonly revision: Revision; readonly standing: Standing } | undefined {
  const { revisions, liveRevision } = history.workload;
  const candidates = revisions
    .filter(({ revision, asLive }) => revision !== liveRevision && asLive === undefined)
    .toSorted((a, b) => b.revision - a.revision)
    .map((revision) => ({ revision, standing: standingOf(revision, history) }))
    .filter(({ standing }) => standing.kind === 'sound');
  return candidates.find(({ revision, standing }) => isProven(revision, standing)) ?? candidates[0];
}

function failureOf(revision: Revision, history: History): string | undefined {
  if (revision.revision === history.workload.liveRevision) return undefined;
  return (
    recorded(revision, history) ??
    leftFor(revision, history) ??
    unready(revision) ??
    unended(revision, history)
  );
}

/** Numbers change when a template comes back, the object that keeps it does not. */
function isOf({ revision, source, earlier = [] }: Revision, record: RevisionRecord): boolean {
  if (record.source !== undefined) return record.source === source;
  return record.revision === revision || earlier.includes(record.revision ?? 0);
}

function recorded(revision: Revision, { records, now }: History): string | undefined {
  for (const record of records) {
    if (!isOf(revision, record)) continue;
    const { remediation, became, at } = record;
    if (became === 'not verified') return `remediation ${remediation} brought it and was not verified`;
    if (minutesBetween(at, now) <= day)
      return `remediation ${remediation} went back from it ${span(at, now)} ago`;
  }
  return undefined;
}

/** The template from before it came back while it was live, whoever did that; a day later it says nothing any more. */
function leftFor(revision: Revision, history: History): string | undefined {
  const { workload, now } = history;
  const back = workload.revisions.find(
    (later) => later.revision > revision.revision && wasLiveBefore(later, revision),
  );
  if (back === undefined) return undefined;
  const latest = leftAtLatest(revision, back, workload);
  if (latest !== undefined && minutesBetween(latest, now) > day) return undefined;
  return `the template from before it came back as revision ${back.revision}`;
}

function wasLiveBefore(later: Revision, revision: Revision): boolean {
  if (later.earlier !== undefined) return later.earlier.some((number) => number < revision.revision);
  return isOlder(later, revision);
}

const isOlder = (a: Revision, b: Revision): boolean =>
  a.createdAt !== undefined && b.createdAt !== undefined && epochOf(a.createdAt) < epochOf(b.createdAt);

/** No later than what was new after the template had come back; undefined where nothing tells. */
function leftAtLatest(
  revision: Revision,
  back: Revision,
  { revisions, liveRevision, liveSince }: WorkloadSubject,
): string | undefined {
  const after = revisions
    .filter((each) => each.revision > back.revision && isOlder(revision, each))
    .map(({ createdAt = '' }) => createdAt)
    .toSorted();
  return after[0] ?? (back.revision === liveRevision ? liveSince : undefined);
}

function unready({ pods }: Revision): string | undefined {
  if (pods === undefined || pods.desired === 0 || pods.ready > 0) return undefined;
  return pods.desired === 1 ? 'its pod is not ready' : `none of its ${pods.desired} pods is ready`;
}

/** Pods from before it still run: they were never all replaced. A DaemonSet keeps some where a node is away. */
function unended(revision: Revision, { workload }: History): string | undefined {
  const { oldestPod, strategy, revisions } = workload;
  const { createdAt, earlier = [] } = revision;
  if (oldestPod === undefined || createdAt === undefined || earlier.length > 0) return undefined;
  const all = strategy.type === 'Recreate' || (strategy.type === 'RollingUpdate' && strategy.partition === 0);
  const first = !revisions.some((each) => each.revision < revision.revision || isOlder(each, revision));
  if (!all || first || epochOf(oldestPod) >= epochOf(createdAt)) return undefined;
  return 'its rollout never ended, pods from before it still run';
}

/** From when it was new until the next one was; not known of one that came back. */
function livedOf(revision: Revision, revisions: readonly Revision[]): Lived | undefined {
  const { createdAt: from, earlier = [] } = revision;
  if (from === undefined || earlier.length > 0) return undefined;
  const [next] = revisions
    .filter((each) => isOlder(revision, each))
    .toSorted((a, b) => (isOlder(a, b) ? -1 : 1));
  const to = next?.createdAt;
  return to === undefined ? undefined : { from, to };
}

import { type Condition, isConditionTrue, withCondition } from '../controllers/conditions.ts';
import { record } from '../controllers/events.ts';
import { deletePod, isTerminating, ownedBy } from '../controllers/ownership.ts';
import { withoutZeroes } from '../controllers/replica-set.ts';
import { createPod, isActive, isReady, shortHash } from '../controllers/template.ts';
import type { JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { jobs, pods } from '../resources.ts';
import { at, isTrueAt, listAt, numberAt, textAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';

/** Seconds before a failed pod is tried again, doubled each time; a real controller starts with ten. */
const firstBackOff = 1;

/** A Job with its pods, as one pass sees them. */
interface JobView {
  readonly job: JsonObject;
  readonly active: readonly JsonObject[];
  readonly succeeded: number;
  readonly failed: number;
  /** Milliseconds since the epoch at which the last pod failed. */
  readonly lastFailure: number;
}

/** Runs pods until enough of them have ended well or too many badly (kubernetes/pkg/controller/job). */
export function jobController(world: World): void {
  for (const job of world.store.list(jobs)) if (!hasEnded(job)) sync(world, jobViewOf(world, job));
}

export function hasEnded(job: JsonObject): boolean {
  return isConditionTrue(job, 'Complete') || isConditionTrue(job, 'Failed');
}

function jobViewOf(world: World, job: JsonObject): JobView {
  const owned = ownedBy(world, job, pods);
  const inPhase = (phase: string) => owned.filter((pod) => textAt(pod, 'status', 'phase') === phase);
  const ends = inPhase('Failed').map(endOf);
  return {
    job,
    active: owned.filter(isActive),
    succeeded: inPhase('Succeeded').length,
    failed: ends.length,
    lastFailure: Math.max(0, ...ends),
  };
}

function endOf(pod: JsonObject): number {
  const ends = listAt(pod, 'status', 'containerStatuses').map((each) =>
    Date.parse(textAt(each, 'state', 'terminated', 'finishedAt') ?? ''),
  );
  return Math.max(0, ...ends.filter((end) => !Number.isNaN(end)));
}

function sync(world: World, view: JobView): void {
  const { job, active, succeeded } = view;
  const completions = numberAt(job, 'spec', 'completions');
  const enough = completions === undefined ? succeeded > 0 : succeeded >= completions;
  if (hasFailed(view)) {
    for (const pod of active) deletePod(world, pods, pod, undefined);
    end(world, view, 'Failed');
  } else if (enough && active.length === 0) {
    end(world, view, 'Complete');
  } else {
    if (isTrueAt(job, 'spec', 'suspend')) for (const pod of active) stop(world, job, pod);
    else start(world, view);
    writeStatus(world, view, suspension(job));
  }
}

/** Failed pods count where they are not restarted, restarts where they are (pastBackoffLimitOnFailure). */
function hasFailed({ job, active, failed }: JobView): boolean {
  const limit = numberAt(job, 'spec', 'backoffLimit') ?? 6;
  const restarts = active
    .flatMap((pod) => listAt(pod, 'status', 'containerStatuses'))
    .reduce((sum, each) => sum + (numberAt(each, 'restartCount') ?? 0), 0);
  return failed > limit || (restarts > 0 && restarts > limit);
}

function stop(world: World, job: JsonObject, pod: JsonObject): void {
  deletePod(world, pods, pod, undefined);
  const message = `Deleted pod: ${nameOf(pod)}`;
  record(world, job, { type: 'Normal', reason: 'SuccessfulDelete', message, component: 'job-controller' });
}

function start(world: World, { job, active, succeeded, failed, lastFailure }: JobView): void {
  const backOff = failed === 0 ? 0 : world.span(firstBackOff * 2 ** (failed - 1));
  if (world.now() < lastFailure + backOff) return;
  const completions = numberAt(job, 'spec', 'completions') ?? Number.POSITIVE_INFINITY;
  const wanted = Math.min(numberAt(job, 'spec', 'parallelism') ?? 1, completions - succeeded);
  for (let missing = wanted - active.length; missing > 0; missing -= 1) createNext(world, job);
}

/** Names come from the Job's own: what runs on a schedule must not shift the names of everything else. */
function createNext(world: World, job: JsonObject): void {
  const taken = new Set(ownedBy(world, job, pods).map(nameOf));
  let name = '';
  for (let index = 0; name === '' || taken.has(name); index += 1)
    name = `${nameOf(job)}-${shortHash(`${nameOf(job)} ${index}`, 5)}`;
  createPod(world, job, at(job, 'spec', 'template') ?? {}, { name });
  const message = `Created pod: ${name}`;
  record(world, job, { type: 'Normal', reason: 'SuccessfulCreate', message, component: 'job-controller' });
}

function suspension(job: JsonObject): Condition[] {
  const suspended = isTrueAt(job, 'spec', 'suspend');
  if (suspended)
    return [{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }];
  const was = listAt(job, 'status', 'conditions').some(({ type }) => type === 'Suspended');
  return was ? [{ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }] : [];
}

const endings = {
  Complete: { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' },
  Failed: { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
} as const;

function end(world: World, view: JobView, ending: 'Complete' | 'Failed'): void {
  const why = endings[ending];
  const before = ending === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const conditions: Condition[] = [
    { type: before, status: 'True', ...why },
    { type: ending, status: 'True', ...why },
  ];
  writeStatus(world, view, conditions);
  const type = ending === 'Complete' ? 'Normal' : 'Warning';
  const [reason, message] =
    ending === 'Complete' ? ['Completed', 'Job completed'] : [why.reason, why.message];
  record(world, view.job, { type, reason, message, component: 'job-controller' });
}

function writeStatus(world: World, { job, succeeded, failed }: JobView, next: readonly Condition[]): void {
  const time = timestamp(world.now());
  const owned = ownedBy(world, job, pods);
  const active = owned.filter(isActive);
  const conditions = next.reduce(
    (all, condition) => withCondition(all, condition, time),
    listAt(job, 'status', 'conditions'),
  );
  const suspended = isTrueAt(job, 'spec', 'suspend');
  const complete = next.some(({ type }) => type === 'Complete');
  const status = {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(suspended ? {} : { startTime: textAt(job, 'status', 'startTime') ?? time }),
    ...(complete ? { completionTime: time } : {}),
    ...withoutZeroes({ active: active.length, succeeded, failed }),
    ready: active.filter(isReady).length,
    terminating: owned.filter(isTerminating).length,
    uncountedTerminatedPods: {},
  };
  world.store.update(jobs, { ...job, status }, statusWriter);
}

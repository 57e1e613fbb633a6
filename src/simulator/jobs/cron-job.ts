import { isConditionTrue } from '../controllers/conditions.ts';
import { record } from '../controllers/events.ts';
import { ownedBy, ownerReference, startDeletion } from '../controllers/ownership.ts';
import { defaulted } from '../defaults.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, namespaceOf, uidOf } from '../objects/identity.ts';
import { timestamp } from '../objects/store.ts';
import { cronJobs, jobs } from '../resources.ts';
import { at, edited, isTrueAt, listAt, numberAt, objectAt, put, textAt } from '../tree.ts';
import { controllerManager, statusWriter, type World } from '../world.ts';
import { hasEnded } from './job.ts';
import { parseSchedule } from './schedule.ts';

const minute = 60_000;
/** Minutes that are looked back at for a missed run: a day and a little more. */
const lookBack = 1500;

/** Makes a Job for every minute that a schedule names (kubernetes/pkg/controller/cronjob, syncCronJob). */
export function createCronJobController(): (world: World) => void {
  /** Up to which minute each CronJob, in this very state, was found to have missed nothing. */
  const settled = new WeakMap<JsonObject, number>();
  return (world) => {
    for (const found of world.store.list(cronJobs)) {
      const cronJob = withActive(world, found);
      forget(world, cronJob);
      const now = Math.floor(world.now() / minute) * minute;
      if (isTrueAt(cronJob, 'spec', 'suspend') || settled.get(cronJob) === now) continue;
      const due = latestDue(world, cronJob, settled.get(cronJob));
      if (due === undefined || !mayStart(world, cronJob, due)) settled.set(cronJob, now);
      else startRun(world, cronJob, due);
    }
  };
}

/** The status tells of the runs of the schedule that are not over, not of those by hand, and of the last that completed. */
function withActive(world: World, cronJob: JsonObject): JsonObject {
  const owned = ownedBy(world, cronJob, jobs);
  const living = new Set(owned.filter((job) => !hasEnded(job)).map(uidOf));
  const active = listAt(cronJob, 'status', 'active').filter((each) => living.has(textAt(each, 'uid') ?? ''));
  const completed = owned
    .filter((job) => isConditionTrue(job, 'Complete'))
    .map((job) => textAt(job, 'status', 'completionTime') ?? '')
    .toSorted()
    .at(-1);
  const next = edited(cronJob, (draft) => {
    put(draft, ['status', 'active'], active.length === 0 ? undefined : active);
    if (completed !== undefined) put(draft, ['status', 'lastSuccessfulTime'], completed);
    if (Object.keys(objectAt(draft, 'status')).length === 0) put(draft, ['status'], {});
  });
  return world.store.update(cronJobs, next, statusWriter);
}

function referenceTo(job: JsonObject): JsonObject {
  const { name, namespace, uid } = objectAt(job, 'metadata');
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    name: name ?? '',
    namespace: namespace ?? '',
    uid: uid ?? '',
  };
}

/** The latest minute since the last run, or since it was made, in which one is due (mostRecentScheduleTime). */
function latestDue(world: World, cronJob: JsonObject, settledAt: number | undefined): number | undefined {
  const schedule = parseSchedule(textAt(cronJob, 'spec', 'schedule') ?? '');
  const since =
    textAt(cronJob, 'status', 'lastScheduleTime') ??
    textAt(cronJob, 'metadata', 'creationTimestamp') ??
    timestamp(world.now());
  const now = Math.floor(world.now() / minute) * minute;
  const earliest = Math.max(Date.parse(since), now - lookBack * minute, settledAt ?? 0);
  for (let at = now; at > earliest; at -= minute) if (schedule?.(at)) return at;
  return undefined;
}

function mayStart(world: World, cronJob: JsonObject, due: number): boolean {
  const deadline = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  if (deadline !== undefined && due + deadline * 1000 < world.now()) return false;
  const running = listAt(cronJob, 'status', 'active').length > 0;
  return !running || textAt(cronJob, 'spec', 'concurrencyPolicy') !== 'Forbid';
}

function startRun(world: World, cronJob: JsonObject, due: number): void {
  const active = listAt(cronJob, 'status', 'active');
  const replaced = textAt(cronJob, 'spec', 'concurrencyPolicy') === 'Replace' ? active : [];
  for (const { uid } of replaced)
    for (const job of ownedBy(world, cronJob, jobs).filter((each) => uidOf(each) === uid))
      startDeletion(world, jobs, job);
  const name = `${nameOf(cronJob)}-${due / minute}`;
  const template = objectAt(cronJob, 'spec', 'jobTemplate');
  const stamp = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due) };
  const labels = at(template, 'metadata', 'labels');
  const metadata = {
    name,
    namespace: namespaceOf(cronJob),
    ...(labels === undefined ? {} : { labels }),
    annotations: { ...objectAt(template, 'metadata', 'annotations'), ...stamp },
    ownerReferences: [ownerReference(cronJob)],
  };
  const job = { metadata, spec: filledIn(objectAt(template, 'spec')) };
  const started = referenceTo(world.store.create(jobs, job, controllerManager));
  const next = edited(cronJob, (draft) => {
    put(draft, ['status', 'lastScheduleTime'], timestamp(due));
    put(draft, ['status', 'active'], [...(replaced.length === 0 ? active : []), started]);
  });
  world.store.update(cronJobs, next, statusWriter);
  const message = `Created job ${name}`;
  record(world, cronJob, {
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message,
    component: 'cronjob-controller',
  });
}

function filledIn(spec: JsonObject): JsonObject {
  return objectAt(defaulted(jobs, { spec }), 'spec');
}

/** Removes the oldest Jobs beyond what is kept (cleanupFinishedJobs). */
function forget(world: World, cronJob: JsonObject): void {
  const limits = { Complete: 'successfulJobsHistoryLimit', Failed: 'failedJobsHistoryLimit' } as const;
  for (const ending of ['Complete', 'Failed'] as const) {
    const ended = ownedBy(world, cronJob, jobs)
      .filter((job) => isConditionTrue(job, ending))
      .toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
    const most = numberAt(cronJob, 'spec', limits[ending]) ?? 1;
    for (const job of ended.slice(0, Math.max(0, ended.length - most))) startDeletion(world, jobs, job);
  }
}

function startOf(job: JsonObject): string {
  return `${textAt(job, 'status', 'startTime') ?? ''} ${uidOf(job)}`;
}

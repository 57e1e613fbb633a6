import { describeTarget } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { type LastingForm, lastingFields } from '../../domain/manifest/lasting.ts';
import { valueAt } from '../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, guardedPatch, send, withCronJob, withJob } from '../draft.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../obstacle.ts';
import { unchangedSpec } from '../pod-template/unchanged.ts';
import { cronJobOf, jobOf } from '../subject.ts';

const path = '/spec/suspend';

/** Whether a Job or CronJob is suspended; undefined where the facts are about something else. */
export function isSuspended(judged: Case<'suspend' | 'resume'>): boolean | undefined {
  return (cronJobOf(judged) ?? jobOf(judged))?.suspended;
}

/** A repository may well hold the switch of a Job or CronJob, and often says nothing of it. */
export function lastingSuspension(judged: Case<'suspend' | 'resume'>, wanted: boolean): LastingForm {
  const was = isSuspended(judged);
  return lastingFields(judged.action.target, [
    { path: ['spec', 'suspend'], value: wanted, ...(was === undefined ? {} : { was }) },
  ]);
}

/** A Job that has ended, or what is on its way out: the API server accepts the write and nothing changes. */
export function overAlready(rule: string, judged: Case<'suspend' | 'resume'>): readonly Obstacle[] {
  const name = nameOf(judged.action.target);
  const job = jobOf(judged);
  if (job?.ended !== undefined) {
    const sentence = `${name} has ended (${job.ended}): there is nothing to ${judged.action.verb}.`;
    return obstacles(rule, judged, 'status.conditions', sentence);
  }
  return (job ?? cronJobOf(judged))?.deleting === true
    ? obstacles(rule, judged, 'metadata.deletionTimestamp', `${name} is being deleted.`)
    : noObstacle;
}

/** Of a CronJob no run starts any more; of a Job the pods are stopped (kubernetes.io, "Suspending a Job"). */
export function setSuspended(input: DraftInput<'suspend' | 'resume'>, wanted: boolean): Draft {
  const draw = () => suspendCall(input, wanted);
  return input.action.target.kind === 'CronJob' ? withCronJob(input, draw) : withJob(input, draw);
}

/**
 * The API server stores `false` where nothing was said (SetDefaults_Job and SetDefaults_CronJob in
 * kubernetes/pkg/apis/batch/v1/defaults.go), so the test is for what was seen, and `add` writes over it.
 */
function suspendCall(input: DraftInput<'suspend' | 'resume'>, wanted: boolean): Draft {
  return send(
    guardedPatch(input, {
      operations: [
        ...unchangedSpec(input),
        { op: 'test', path, value: valueAt(input.snapshot, 'spec', 'suspend') ?? null },
        { op: 'add', path, value: wanted },
      ],
      done: [{ path, value: wanted }],
      sentence: `${wanted ? 'Suspend' : 'Resume'} ${describeTarget(input.action.target)}.`,
    }),
  );
}

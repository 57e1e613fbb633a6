import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Effect } from '../../../domain/effect.ts';
import type { ActionKind } from '../../action-kind.ts';
import type { RequestOf } from '../../command.ts';
import type { Guarded } from '../../guarded.ts';
import {
  type Grading,
  good,
  gradeSame,
  type Measurement,
  type ObservationOf,
  pending,
  unlike,
} from '../../measurement.ts';
import { nothingMore, putBack } from '../../no-effect.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { cronJobOf, jobOf } from '../../subject.ts';
import { atOnce, startedEffect } from '../effect.ts';
import { crashing, gradeSuspended, howItEnded } from '../grade.ts';
import { isSuspended, lastingSuspension, overAlready, setSuspended } from '../suspended.ts';
import { resumeCommand } from './command.ts';
import { missedRun } from './missed-run.ts';

/** Lets a Job start its pods again, and a CronJob its runs. */
export const resumeRuns: ActionKind<'resume'> = {
  command: resumeCommand,
  needs: nothingMore,
  writes: () => [['spec', 'suspend']],
  precondition,
  effect,
  targetState: ({ action: { target } }) => ({
    sentence:
      target.kind === 'Job'
        ? `${describeTarget(target)} runs its pods again.`
        : `${describeTarget(target)} starts its runs on schedule again.`,
    fields: { 'spec.suspend': false },
  }),
  rollback: (judged) => {
    const { target } = judged.action;
    const name = describeTarget(target);
    return {
      kind: 'action',
      action: { verb: 'suspend', target },
      sentence:
        jobOf(judged) === undefined
          ? `Suspend ${name} again: a run that has started by then goes on.`
          : `Suspend ${name} again: what its pods have done by then is done.`,
    };
  },
  lasting: (judged) => lastingSuspension(judged, false),
  constraints: () => [],
  binding,
  calls: (input) => setSuspended(input, false),
  verification,
  observed: ({ action }) => action.target,
  grade,
};

/** Resuming what is not suspended, or a Job that has ended. */
function precondition(judged: Case<'resume'>): readonly Obstacle[] {
  const rule = 'resume-possible';
  const over = overAlready(rule, judged);
  if (over.length > 0) return over;
  return isSuspended(judged) === false
    ? obstacles(rule, judged, 'spec.suspend', `${nameOf(judged.action.target)} is not suspended.`)
    : noObstacle;
}

function effect(judged: Case<'resume'>): Effect {
  const job = jobOf(judged);
  const started = job === undefined ? 0 : atOnce(job, job.succeeded);
  return startedEffect(started, { drift: putBack, consequences: missedRun(judged) });
}

/**
 * What starts a run binds to everything that says what runs and when: only a write to the spec moves its generation. The
 * template of a Job never changes.
 */
function binding(judged: Case<'resume'>): Guarded {
  const cronJob = cronJobOf(judged);
  if (cronJob !== undefined) {
    const { suspended, schedule, timeZone, images } = cronJob;
    return { suspended, schedule, timeZone, images, generation: judged.facts.identity.generation };
  }
  const suspended = isSuspended(judged);
  return suspended === undefined ? {} : { suspended };
}

function verification({ target }: RequestOf<'resume'>): string {
  const name = describeTarget(target);
  return target.kind === 'CronJob' ? `${name} is not suspended` : `${name} has a ready pod or has completed`;
}

function grade(measurement: Measurement<'resume'>): Grading {
  const name = describeTarget(measurement.action.target);
  return gradeSame(measurement, (seen) =>
    seen.kind === 'cronJob' || seen.kind === 'job'
      ? gradeSuspended(name, seen, false, gradeStarted)
      : unlike(name, seen),
  );
}

/** Resumed means that it runs, not that it will complete: that may take days. */
function gradeStarted(name: string, seen: ObservationOf<'job'>): Grading {
  const ended = howItEnded(name, seen) ?? crashing(name, seen.pods);
  if (ended !== undefined) return ended;
  return seen.ready > 0
    ? good(`${name} runs: ${seen.ready} of ${seen.active} pods ready.`)
    : pending(`${name} is resumed: ${seen.active} pods, none ready yet.`);
}

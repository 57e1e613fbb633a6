import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Effect } from '../../../domain/effect.ts';
import type { ActionKind } from '../../action-kind.ts';
import type { RequestOf } from '../../command.ts';
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
import { nameOf, type Obstacle, obstacles } from '../../obstacle.ts';
import { cronJobOf, jobOf } from '../../subject.ts';
import { stoppedEffect } from '../effect.ts';
import { gradeSuspended } from '../grade.ts';
import { isSuspended, lastingSuspension, overAlready, setSuspended } from '../suspended.ts';
import { suspendCommand } from './command.ts';

/** Stops the pods of a Job until it is resumed; a CronJob starts no more runs, those that run go on. */
export const suspend: ActionKind<'suspend'> = {
  command: suspendCommand,
  needs: nothingMore,
  writes: () => [['spec', 'suspend']],
  precondition,
  effect,
  targetState: ({ action: { target } }) => ({
    sentence:
      target.kind === 'Job'
        ? `${describeTarget(target)} has no pods until it is resumed.`
        : `${describeTarget(target)} starts no runs until it is resumed; those that run go on.`,
    fields: { 'spec.suspend': true },
  }),
  rollback: (judged) => {
    const { target } = judged.action;
    const name = describeTarget(target);
    return {
      kind: 'action',
      action: { verb: 'resume', target },
      sentence:
        jobOf(judged) === undefined
          ? `Resume ${name}: of the runs missed until then at most the latest is made up for.`
          : `Resume ${name}: what has completed stays, the stopped pods start over.`,
    };
  },
  lasting: (judged) => lastingSuspension(judged, true),
  constraints: () => [],
  binding: (judged) => {
    const suspended = isSuspended(judged);
    return suspended === undefined ? {} : { suspended };
  },
  calls: (input) => setSuspended(input, true),
  verification,
  observed: ({ action }) => action.target,
  grade,
};

/** Suspending what is suspended, or a Job that has ended. */
function precondition(judged: Case<'suspend'>): readonly Obstacle[] {
  const rule = 'suspend-possible';
  if (isSuspended(judged) !== true) return overAlready(rule, judged);
  return obstacles(rule, judged, 'spec.suspend', `${nameOf(judged.action.target)} is already suspended.`);
}

function effect(judged: Case<'suspend'>): Effect {
  const run = { stopsSchedule: cronJobOf(judged) !== undefined, work: 'redone' } as const;
  return stoppedEffect(judged, { drift: putBack, run });
}

function verification({ target }: RequestOf<'suspend'>): string {
  const name = describeTarget(target);
  return target.kind === 'CronJob'
    ? `${name} is suspended`
    : `${name} is suspended and none of its pods runs`;
}

function grade(measurement: Measurement<'suspend'>): Grading {
  const name = describeTarget(measurement.action.target);
  return gradeSame(measurement, (seen) =>
    seen.kind === 'cronJob' || seen.kind === 'job'
      ? gradeSuspended(name, seen, true, gradeStopped)
      : unlike(name, seen),
  );
}

/** A Job counts pods that are stopping no more; they still work until they are gone. */
function gradeStopped(name: string, { active, pods }: ObservationOf<'job'>): Grading {
  const stopping = pods.filter(({ deleting }) => deleting).length;
  if (active === 0 && stopping === 0) return good(`${name} is suspended and none of its pods runs.`);
  return pending(`${name} is suspended: ${active} of its pods still to stop, ${stopping} stopping.`);
}

import { describeTarget, type Target } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Effect } from '../../../domain/effect.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { DeclarativeSpec, RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import type { Guarded } from '../../guarded.ts';
import { nothingToPutBack } from '../../no-effect.ts';
import { cronJobOf, jobOf } from '../../subject.ts';
import { atOnce, startedEffect } from '../effect.ts';
import { calls } from './calls.ts';
import { createJobCommand } from './command.ts';
import { concurrentRuns } from './concurrent-runs.ts';
import { grade } from './grade.ts';
import { precondition } from './precondition.ts';
import { runsAgain } from './runs-again.ts';
import { shortLivedJob } from './short-lived-job.ts';

type CreateJob = Case<'create job'>;

/** Makes a Job from a CronJob, or once more from a Job that has ended. */
export const createJob: ActionKind<'create job'> = {
  command: createJobCommand,
  needs: ({ job }) => ({ newJob: job }),
  /** What the new Job is made from is not written, but has to have settled. A Job's own template cannot change. */
  writes: ({ target }) => (target.kind === 'CronJob' ? [['spec', 'jobTemplate']] : []),
  precondition,
  effect,
  targetState,
  rollback,
  lasting: nothingLasts('A Job runs once: one that is made by hand has no lasting form.'),
  constraints: () => [],
  binding,
  calls,
  verification: ({ job }) => `Job/${job} has completed`,
  observed: ({ action }) => newJob(action),
  grade,
};

const newJob = ({ job, target }: CreateJob['action']) =>
  ({ kind: 'Job', namespace: target.namespace, name: job }) as const satisfies Target;

/** The new Job is in no source that anybody could put back. */
function effect(judged: CreateJob): Effect {
  const source = jobOf(judged) ?? cronJobOf(judged);
  return startedEffect(source === undefined ? 0 : atOnce(source, 0), {
    drift: nothingToPutBack,
    consequences: [...runsAgain(judged), ...concurrentRuns(judged), ...shortLivedJob(judged)],
  });
}

function targetState(judged: CreateJob): DeclarativeSpec['targetState'] {
  const { job, target } = judged.action;
  const { images } = jobOf(judged) ?? cronJobOf(judged) ?? {};
  return {
    sentence: `Job/${job} in ${target.namespace} runs what ${target.kind}/${target.name} runs.`,
    fields: images === undefined ? {} : { images },
  };
}

function rollback({ action }: CreateJob): RollbackPlan {
  const target = newJob(action);
  const sentence = `Delete ${describeTarget(target)}: what it has done by then is done.`;
  return { kind: 'action', action: { verb: 'delete job', target }, sentence };
}

/**
 * What starts a run binds to everything that says what runs: only a write to a CronJob's spec moves its generation. The
 * template of a Job never changes, and one that has ended stays so.
 */
function binding(judged: CreateJob): Guarded {
  const job = jobOf(judged);
  if (job !== undefined) return { ended: job.ended };
  const cronJob = cronJobOf(judged);
  if (cronJob === undefined) return {};
  return { images: cronJob.images, generation: judged.facts.identity.generation };
}

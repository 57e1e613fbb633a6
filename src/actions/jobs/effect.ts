import type { Case } from '../../domain/case.ts';
import type { Consequence, Drift, Effect, RunChange } from '../../domain/effect.ts';
import { allKnown, losingReady, noPods, nothingFollows, quietEffect } from '../no-effect.ts';
import { jobOf } from '../subject.ts';

/** Pods of a Job that run and are stopped with it; those that have ended are stopped by nothing. */
export function stoppedEffect(
  { facts }: Case,
  parts: {
    readonly drift: Drift;
    readonly run: RunChange;
    readonly consequences?: readonly Consequence[];
  },
): Effect {
  const { drift, run, consequences = nothingFollows } = parts;
  const job = jobOf({ facts });
  const stopped = job?.active ?? 0;
  const quiet = { ...quietEffect({ rollout: 'apart', drift, consequences, unknown: allKnown }), run };
  if (job === undefined || stopped === 0) return { ...quiet, run: { ...run, work: undefined } };
  const readiness = { before: job.pods.filter(({ ready }) => ready).length, left: 0 };
  const affected = { pods: stopped, becomes: 'stopped', field: 'status.active' };
  return {
    ...quiet,
    pods: { ...noPods, stopped, affected },
    readiness,
    endpoints: losingReady(facts, readiness),
  };
}

/** Pods that a run starts. */
export function startedEffect(
  started: number,
  parts: { readonly drift: Drift; readonly consequences: readonly Consequence[] },
): Effect {
  const quiet = quietEffect({ rollout: 'apart', unknown: allKnown, ...parts });
  if (started === 0) return quiet;
  const affected = { pods: started, becomes: 'started', field: 'spec.parallelism' };
  return { ...quiet, pods: { ...noPods, started, affected } };
}

/** Pods that run at once in a run: as many as are wanted, at most as many as are missing. */
export function atOnce(
  run: { readonly parallelism?: number | undefined; readonly completions?: number | undefined },
  done: number,
): number {
  const { parallelism = 1, completions = Number.POSITIVE_INFINITY } = run;
  return Math.max(0, Math.min(parallelism, completions - done));
}

import type { Target } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { ContentChange, Drift, Effect, Needs, PodsChanged, Readiness } from '../../domain/effect.ts';
import type { WorkloadSubject } from '../../domain/facts/facts.ts';
import { allKnown, losingReady, needsNothing, nobody, noPods, nothingFollows } from '../no-effect.ts';
import { workloadOf } from '../subject.ts';

/**
 * Pods that a new template replaces: all from the partition on, none where the controller waits (paused, OnDelete).
 */
function replacedByTemplate(workload: WorkloadSubject): number {
  const { paused, strategy, desired } = workload;
  if (paused || strategy.type === 'OnDelete') return 0;
  return strategy.type === 'Recreate' ? desired : Math.max(0, desired - strategy.partition);
}

/**
 * Ready pods that a rollout leaves at its worst moment.
 * A Deployment or DaemonSet keeps `desired - maxUnavailable` available and takes pods that are not ready first
 * (deployment/rolling.go, daemon/update.go); a StatefulSet takes them by ordinal, ready or not (stateful_set_control.go).
 */
function readinessInRollout(kind: Target['kind'], workload: WorkloadSubject): Readiness {
  const { strategy, desired, ready: before } = workload;
  if (strategy.type === 'Recreate') return { before, left: 0 };
  if (strategy.type === 'OnDelete') return { before, left: before };
  const left =
    kind === 'StatefulSet'
      ? before - Math.max(1, strategy.maxUnavailable)
      : Math.min(before, desired - strategy.maxUnavailable);
  return { before, left: Math.max(0, left) };
}

const replacedPods = (replaced: number): PodsChanged =>
  replaced === 0
    ? noPods
    : {
        replaced,
        started: 0,
        stopped: 0,
        deleted: 0,
        released: 0,
        moved: nobody,
        ended: nobody,
        affected: { pods: replaced, becomes: 'replaced', field: 'spec.replicas' },
      };

/** What a rollout needs to come to its end. */
function needsOf({ strategy }: WorkloadSubject, replaced: number, growth: Needs['growth']): Needs {
  const surge = strategy.type === 'RollingUpdate' ? Math.min(strategy.maxSurge, replaced) : 0;
  return surge === 0 && growth === needsNothing.growth ? needsNothing : { surge, growth };
}

/** What distinguishes one rollout from another. */
interface RolloutParts {
  readonly content: ContentChange;
  readonly drift: Drift;
  readonly rollout?: Effect['rollout'];
  readonly growth?: Needs['growth'];
  readonly consequences?: Effect['consequences'];
  readonly unknown?: Effect['unknown'];
}

/**
 * The effect of a rollout that replaces so many pods one after the other.
 *
 * @param replaced how many, worked out by the kind: `replacedByTemplate` where the template is written
 */
export function rolloutEffect({ action, facts }: Case, replaced: number, parts: RolloutParts): Effect {
  const workload = workloadOf({ facts });
  const {
    content,
    drift,
    rollout = 'competes',
    growth = needsNothing.growth,
    consequences = nothingFollows,
    unknown = allKnown,
  } = parts;
  const readiness =
    workload === undefined || replaced === 0 ? undefined : readinessInRollout(action.target.kind, workload);
  return {
    pods: replacedPods(replaced),
    readiness,
    endpoints: losingReady(facts, readiness),
    claims: undefined,
    size: undefined,
    most: undefined,
    content,
    node: undefined,
    run: undefined,
    rollout,
    drift,
    needs: workload === undefined ? needsNothing : needsOf(workload, replaced, growth),
    consequences,
    unknown,
  };
}

/** The same for whatever writes the template. */
export function templateEffect(judged: Case, parts: RolloutParts): Effect {
  const workload = workloadOf(judged);
  return rolloutEffect(judged, workload === undefined ? 0 : replacedByTemplate(workload), parts);
}

/** The images that run now, by container: what most decisions about a workload rely on. */
export function imagesOf({ containers }: WorkloadSubject): Readonly<Record<string, string>> {
  return Object.fromEntries(containers.map(({ name, image }) => [name, image]));
}

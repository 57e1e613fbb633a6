import type {
  ContentChange,
  Drift,
  Effect,
  EndpointsLeft,
  Needs,
  PodsChanged,
  Readiness,
} from '../domain/effect.ts';
import type { Facts } from '../domain/facts/facts.ts';
import type { FactNeeds } from '../domain/facts/needs.ts';
import type { NodePod } from '../domain/facts/node.ts';

/*
 * Words for "nothing of it", one for each part: a kind still has to say it of every part. One value each, so that saying
 * nothing costs nothing. Effects are written out in the order of the interface: the evaluator's inner loop reads them, and
 * objects of one shape are read fastest.
 */

export const nobody: readonly NodePod[] = [];

export const noPods: PodsChanged = {
  replaced: 0,
  started: 0,
  stopped: 0,
  deleted: 0,
  released: 0,
  moved: nobody,
  ended: nobody,
  affected: { pods: 0, becomes: 'changed', field: 'spec' },
};

export const noEndpoints: readonly EndpointsLeft[] = [];
export const sameContent: ContentChange = { code: false, configuration: false };
export const needsNothing: Needs = { surge: 0, growth: {} };
export const nothingFollows: Effect['consequences'] = [];
export const allKnown: Effect['unknown'] = [];

/** Whoever else writes the object may put the change back. */
export const putBack: Drift = { source: 'put back', operator: 'put back' };

/** Whoever writes the template may leave out the annotation of a restart, and the pods are replaced again. */
export const restartedAgain: Drift = { source: 'restarted again', operator: 'restarted again' };

/** Nothing is left that anybody could put back. */
export const nothingToPutBack: Drift = { source: 'nothing', operator: 'nothing' };

/** Endpoints of each Service where all of the target's own go. */
export function losingAll({ neighbourhood }: Facts): readonly EndpointsLeft[] {
  if (neighbourhood === undefined || neighbourhood.services.length === 0) return noEndpoints;
  return neighbourhood.services.map(({ name, ready, own }) => ({
    service: name,
    ready,
    left: Math.max(0, ready - own),
  }));
}

/** Endpoints of each Service where as many go as ready pods, and all of the target's own where none stays ready. */
export function losingReady(
  { neighbourhood }: Facts,
  readiness: Readiness | undefined,
): readonly EndpointsLeft[] {
  if (readiness === undefined || neighbourhood === undefined || neighbourhood.services.length === 0)
    return noEndpoints;
  const { before, left } = readiness;
  const lost = Math.max(0, before - left);
  if (lost === 0 && left > 0) return noEndpoints;
  return neighbourhood.services.map(({ name, ready, own }) => ({
    service: name,
    ready,
    left: Math.max(0, ready - (left <= 0 ? own : Math.min(own, lost))),
  }));
}

/** A write to the object that moves no pod and changes nothing that runs. */
export function quietEffect({
  rollout,
  drift,
  consequences,
  unknown,
}: Pick<Effect, 'rollout' | 'drift' | 'consequences' | 'unknown'>): Effect {
  return {
    pods: noPods,
    readiness: undefined,
    endpoints: noEndpoints,
    claims: undefined,
    size: undefined,
    most: undefined,
    content: sameContent,
    node: undefined,
    run: undefined,
    rollout,
    drift,
    needs: needsNothing,
    consequences,
    unknown,
  };
}

/** Every look brings all that it wants to know. */
export const nothingMore = (): FactNeeds => ({});

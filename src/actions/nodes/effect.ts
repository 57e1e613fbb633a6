import type { Case } from '../../domain/case.ts';
import type { Consequence, Effect, NodeChange, PodsChanged } from '../../domain/effect.ts';
import type { NodePod } from '../../domain/facts/node.ts';
import {
  allKnown,
  losingAll,
  needsNothing,
  noEndpoints,
  noPods,
  nothingFollows,
  putBack,
  sameContent,
} from '../no-effect.ts';
import { nodeOf } from '../subject.ts';
import { has, podName } from './displaced.ts';
import { endingUnknown, unconfirmedEnds, unconfirming } from './unready.ts';

const podsUnknown: Effect['unknown'] = ['pods'];

/** Closes a node to new pods or opens it, and leaves those that are on it. */
export function nodeEffect(node: NodeChange, consequences: readonly Consequence[] = nothingFollows): Effect {
  return {
    pods: noPods,
    readiness: undefined,
    endpoints: noEndpoints,
    claims: undefined,
    size: undefined,
    most: undefined,
    content: sameContent,
    node,
    run: undefined,
    rollout: 'apart',
    drift: putBack,
    needs: needsNothing,
    consequences,
    unknown: allKnown,
  };
}

/**
 * The effect on a node whose pods have to leave.
 *
 * @param parts.going the running pods that leave; undefined where the action makes none leave
 * @param parts.ended the pods that have ended and are removed with them
 * @param parts.becomes completes "3 pods are ..."
 */
export function emptyingEffect(
  { action, facts }: Case,
  parts: {
    readonly node: NodeChange;
    readonly going: ((tenants: readonly NodePod[]) => readonly NodePod[]) | undefined;
    readonly ended?: (tenants: readonly NodePod[]) => readonly NodePod[];
    readonly becomes: string;
    readonly consequences?: readonly Consequence[];
    /** They are removed without anybody on the node being asked. */
    readonly forced?: boolean;
  },
): Effect {
  const { node, going, becomes, consequences } = parts;
  const subject = nodeOf({ facts });
  const { tenants, owners, budgets } = subject ?? {};
  const effect = nodeEffect(node, consequences);
  if (going === undefined) return effect;
  const endpoints = losingAll(facts);
  if (tenants === undefined) return { ...effect, endpoints, unknown: podsUnknown };
  const leaving = going(tenants);
  const ended = parts.ended?.(tenants) ?? [];
  const moved = { ...movedPods(leaving, becomes), ended };
  const unknown = owners === undefined || budgets === undefined ? podsUnknown : allKnown;
  const unready = subject && !parts.forced && unconfirming({ name: action.target.name, node: subject });
  if (unready === undefined || unready === false || leaving.length === 0)
    return { ...effect, endpoints, pods: moved, unknown };
  const ends = unconfirmedEnds(unready, leaving.map(endingOf), facts);
  const told = [...ends, ...effect.consequences];
  return { ...effect, endpoints, pods: moved, consequences: told, unknown: [...unknown, ...endingUnknown] };
}

const endingOf = (pod: NodePod) => ({ name: podName(pod), owner: pod.owner, claim: has(pod, 'claim') });

const movedPods = (moved: readonly NodePod[], becomes: string): PodsChanged =>
  moved.length === 0
    ? noPods
    : { ...noPods, moved, affected: { pods: moved.length, becomes, field: 'pods' } };

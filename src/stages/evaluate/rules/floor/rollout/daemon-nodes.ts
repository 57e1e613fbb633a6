import { listed } from '../../../../../actions/sentence.ts';
import { nothing, plural, type Rule, raise, sourceOf, workloadOf } from '../../../rule.ts';

/**
 * Block and floor: nodes on which a replaced pod of a DaemonSet does not become available. Its controller deletes those
 * pods first and counts them for as long as the node is away; when they are as many as maxUnavailable allows, no other pod
 * is replaced (rollingUpdate in pkg/controller/daemon/update.go). With a surge the others are, and the rollout still waits
 * for these.
 */
export const daemonNodes: Rule = (input) => {
  const { places } = input.facts;
  const workload = workloadOf(input);
  if (places?.down === undefined || workload?.strategy.type !== 'RollingUpdate') return nothing;
  const { down, stuck } = places;
  const { maxUnavailable, maxSurge } = workload.strategy;
  const isSpent = maxSurge === 0 && down.length >= maxUnavailable;
  const reason = stuck === undefined ? 'not ready' : `not ready, or without a place for it (${stuck.reason})`;
  const which = `${plural(down.length, 'node')} of ${input.name} ${down.length === 1 ? 'is' : 'are'} ${reason}: ${listed(down)}`;
  const outcome = isSpent
    ? `That uses up maxUnavailable (${maxUnavailable}): no other pod is replaced as long as that is so.`
    : 'The pod there is not replaced, and the rollout does not come to its end until it is.';
  const cure = isSpent
    ? `Bring ${down.length === 1 ? 'the node' : 'the nodes'} back or delete the Node, or raise maxUnavailable above ${down.length}.`
    : `Bring ${down.length === 1 ? 'the node' : 'the nodes'} back, or delete the Node.`;
  const source = sourceOf(input, 'spec.updateStrategy');
  return [raise(isSpent ? 'blocked' : 'human', `${which}. ${outcome} ${cure}`, source)];
};

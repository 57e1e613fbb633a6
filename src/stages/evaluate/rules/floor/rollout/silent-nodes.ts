import { unconfirmedEnds } from '../../../../../actions/nodes/unready.ts';
import { type Finding, floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/**
 * Floor: a rollout that waits for pods to be gone from nodes that confirm nothing. It is as much as the deletion of such a
 * pod by itself, and the rollout does not come to its end.
 */
export const silentNodes: Rule = (input) => {
  const { facts, action, name } = input;
  const { subject, places, neighbourhood } = facts;
  if (places?.silent === undefined || subject.kind !== 'workload') return nothing;
  const claim = subject.claimTemplates > 0 || (neighbourhood?.claims.length ?? 0) > 0;
  const owner = `${action.target.kind}/${action.target.name}`;
  const source = sourceOf(input, 'pods: spec.nodeName');
  return places.silent.flatMap(({ node, pods }): Finding[] => {
    const endings = pods.map((pod) => ({ name: `Pod/${pod}`, owner, claim }));
    const waits = `The rollout of ${name} waits for Node/${node.name} and does not come to its end before that.`;
    const told = unconfirmedEnds(node, endings, facts).map(({ sentence }) => sentence);
    return [...told, waits].map((sentence) => floor('dual', sentence, source));
  });
};

import { unconfirmedEnds } from '../../../../../actions/nodes/unready.ts';
import type { WorkloadSubject } from '../../../../../domain/facts/facts.ts';
import { type Finding, floor, nothing, type Rule, type RuleInput, sourceOf } from '../../../rule.ts';

/**
 * Floor: pods have to be gone from nodes that confirm nothing, for a rollout or because there are to be fewer. It is as much
 * as the deletion of such a pod by itself, and what waits for it does not come to its end.
 */
export const silentNodes: Rule = (input) => {
  const { facts, action } = input;
  const { subject, places, neighbourhood } = facts;
  if (places?.silent === undefined || subject.kind !== 'workload') return nothing;
  const claim = subject.claimTemplates > 0 || (neighbourhood?.claims.length ?? 0) > 0;
  const owner = `${action.target.kind}/${action.target.name}`;
  const source = sourceOf(input, 'pods: spec.nodeName');
  const stops = input.effect.pods.stopped > 0;
  return places.silent.flatMap(({ node, pods }): Finding[] => {
    const endings = pods.map((pod) => ({ name: `Pod/${pod}`, owner, claim, stops }));
    const told = unconfirmedEnds(node, endings, facts).map(({ sentence }) => sentence);
    const waits = waitsFor(input, subject, node.name);
    return [...told, ...waits].map((sentence) => floor('dual', sentence, source));
  });
};

function waitsFor(
  { effect, action, name }: RuleInput,
  { ordinals }: WorkloadSubject,
  node: string,
): string[] {
  const until = `waits for Node/${node} and does not come to its end before that`;
  if (effect.pods.stopped === 0) return [`The rollout of ${name} ${until}.`];
  if (action.target.kind === 'Deployment') return [];
  const others =
    ordinals?.inOrder === false ? '' : ', and no other pod of it is started, replaced or taken away';
  return [`The change of ${name} to fewer replicas ${until}${others}.`];
}

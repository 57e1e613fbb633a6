import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

/**
 * What is not read here may hide an outage that users see, or that the API server itself depends on the pods. Known, it
 * could ask for two people anywhere; not known, it does.
 */
const grave: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'endpoint slices',
  'ingresses',
  'HTTP routes',
  'gRPC routes',
  'TLS routes',
  'virtual services',
  'Knative routes',
  'validating webhooks',
  'mutating webhooks',
  'API services',
  'custom resource definitions',
]);

/** The same for pods that leave a node: what is not read could have been a block. */
const graveInMoves: ReadonlySet<string> = new Set([
  'other nodes',
  'pods on the node',
  'pods of the cluster',
  'pod disruption budgets',
  'daemon sets',
]);

/** Floor: a fact that could not be read never counts as zero. One person must look, in production two. */
export const unknownFacts: Rule = (input) => {
  if (input.facts.unknown.length === 0) return nothing;
  const usual = input.production === undefined ? 'human' : 'dual';
  const { node, pods, unknown } = input.effect;
  const moving = node?.evicts === true || pods.moved.length > 0 || unknown.includes('pods');
  const isGrave = (fact: string) => grave.has(fact) || (moving && graveInMoves.has(fact));
  return input.facts.unknown.map(({ fact, reason }) =>
    floor(isGrave(fact) ? 'dual' : usual, `Not known: ${fact} (${reason}).`, sourceOf(input, fact)),
  );
};

import { nothing, plural, podOf, points, type Rule, sourceOf, workloadOf } from '../../rule.ts';

/** Data: pods of a StatefulSet have an identity and often volumes that are detached and attached again. */
export const storedData: Rule = (input) => {
  const { pods } = input.effect;
  const { identity, volumes } = input.policy.weights.data;
  const pod = podOf(input);
  if (pod?.controller?.kind === 'StatefulSet' && pods.deleted + pods.released > 0) {
    const volumesThen = input.effect.unknown.includes('ending')
      ? 'its volumes stay attached until it is known to have ended'
      : 'its volumes are attached again';
    const sentence = `The pod belongs to StatefulSet/${pod.controller.name}: it keeps its identity, and ${volumesThen}.`;
    return [points('data', volumes, sentence, sourceOf(input, 'metadata.ownerReferences'))];
  }
  const workload = workloadOf(input);
  if (workload === undefined || input.action.target.kind !== 'StatefulSet') return nothing;
  if (input.touched === 0) return nothing;
  if (workload.claimTemplates === 0) {
    const sentence = `${input.name} is stateful: its pods have identities and are replaced in order.`;
    return [points('data', identity, sentence, sourceOf(input, 'kind'))];
  }
  const sentence = `${input.name} keeps data: ${plural(workload.claimTemplates, 'volume claim')} for each pod.`;
  return [points('data', volumes, sentence, sourceOf(input, 'spec.volumeClaimTemplates'))];
};

import { podName } from '../../../../../actions/nodes/displaced.ts';
import { listed } from '../../../../../actions/sentence.ts';
import { type Finding, floor, nothing, type Rule } from '../../../rule.ts';

/** An annotation that only prefers; the others forbid. */
const mild = 'descheduler.alpha.kubernetes.io/prefer-no-eviction';

/**
 * Floor: pods whose owners ask that nothing moves them. They say so to programs that move pods to save nodes, not to
 * people who have a reason; so two of these must have one.
 */
export const movingVetoes: Rule = (input) => {
  const asking = input.effect.pods.moved.flatMap(({ veto, ...pod }) =>
    veto === undefined ? [] : [{ pod, veto }],
  );
  if (asking.length === 0) return nothing;
  const vetoes = [...new Set(asking.map(({ veto }) => veto))].toSorted();
  return vetoes.map((veto): Finding => {
    const pods = asking.filter((each) => each.veto === veto).map(({ pod }) => podName(pod));
    const sentence = `${listed(pods)} ${pods.length === 1 ? 'asks' : 'ask'} not to be moved (${veto}).`;
    return floor(veto.startsWith(mild) ? 'human' : 'dual', sentence, 'Pods: metadata.annotations');
  });
};

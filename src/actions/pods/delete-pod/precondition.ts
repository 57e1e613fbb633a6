import { block, nothing, podOf, type Rule, sourceOf } from '../../../stages/evaluate/rule.ts';

/** Block: a pod that nothing brings back, one that the kubelet holds, one on its way out. */
export const podReplaceable: Rule = (input) => {
  const subject = podOf(input);
  if (input.action.verb !== 'delete pod' || subject === undefined) return nothing;
  const name = input.name;
  if (subject.mirror) {
    const sentence = `${name} mirrors a static pod: deleting it restarts nothing, the kubelet of its node runs it.`;
    return [block(sentence, sourceOf(input, 'metadata.annotations'))];
  }
  if (subject.controller === undefined) {
    const sentence = `${name} has no controller: nothing would bring it back.`;
    return [block(sentence, sourceOf(input, 'metadata.ownerReferences'))];
  }
  return subject.pod.deleting
    ? [block(`${name} is being deleted already.`, sourceOf(input, 'metadata.deletionTimestamp'))]
    : nothing;
};

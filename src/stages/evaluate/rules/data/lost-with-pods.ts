import { has, podName } from '../../../../actions/nodes/displaced.ts';
import { listed } from '../../../../actions/sentence.ts';
import type { NodePod } from '../../../../domain/facts/node.ts';
import { type Finding, nothing, points, type Rule, type RuleInput } from '../../rule.ts';

/** Data and irreversibility: what does not come along when pods leave their node. */
export const lostWithPods: Rule = (input) => {
  const pods = input.effect.pods.moved;
  if (pods.length === 0) return nothing;
  const { emptyDir, volumes, hostFiles } = input.policy.weights.data;
  return [
    ...gone(input, pods),
    ...onVolumes(
      input,
      pods,
      'emptyDir',
      emptyDir,
      (names) => `What is in the emptyDir volumes of ${names} is deleted.`,
    ),
    ...onVolumes(input, pods, 'claim', volumes, (names) =>
      input.effect.unknown.includes('ending')
        ? `The volumes of ${names} are detached and attached elsewhere only when their pods are known to have ended.`
        : `The volumes of ${names} are detached and attached elsewhere; one that is local to the node or to its zone is not.`,
    ),
    ...onVolumes(
      input,
      pods,
      'hostPath',
      hostFiles,
      (names) => `${names} read or write files of the node (hostPath), which stay behind.`,
    ),
  ];
};

function gone({ policy }: RuleInput, pods: readonly NodePod[]): readonly Finding[] {
  const bare = pods.filter((pod) => pod.owner === undefined || has(pod, 'orphan'));
  if (bare.length === 0) return [];
  const sentence = `Nothing brings ${listed(bare.map(podName))} back: no controller is behind ${bare.length === 1 ? 'it' : 'them'}.`;
  const amount = policy.weights.irreversibility.barePods;
  return [points('irreversibility', amount, sentence, 'Pods: metadata.ownerReferences')];
}

function onVolumes(
  { facts }: RuleInput,
  pods: readonly NodePod[],
  trait: 'emptyDir' | 'claim' | 'hostPath',
  amount: number,
  say: (names: string) => string,
): readonly Finding[] {
  const holding = pods.filter((pod) => has(pod, trait));
  if (holding.length === 0) return [];
  const zone = facts.subject.kind === 'node' ? facts.subject.zone : undefined;
  const where = trait === 'claim' && zone !== undefined ? ` The node is in the zone ${zone}.` : '';
  return [points('data', amount, `${say(listed(holding.map(podName)))}${where}`, 'Pods: spec.volumes')];
}

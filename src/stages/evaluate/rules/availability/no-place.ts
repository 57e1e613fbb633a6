import { podName } from '../../../../actions/nodes/displaced.ts';
import { listed } from '../../../../actions/sentence.ts';
import type { NodePod } from '../../../../domain/facts/node.ts';
import { type Finding, floor, nothing, plural, points, type Rule } from '../../rule.ts';

/** Availability, for two people: pods that no other node would take. They stay pending, and nothing waits for them. */
export const noPlace: Rule = (input) => {
  const pods = input.effect.pods.moved.filter((pod) => pod.noPlace !== undefined);
  if (pods.length === 0) return nothing;
  const sentence = `${plural(pods.length, 'pod')} would find no place on another node: ${reasons(pods)}.`;
  const source = 'Nodes: status.allocatable';
  const { noPlace: amount } = input.policy.weights.availability;
  const found: Finding[] = [points('availability', amount, sentence, source)];
  return [...found, floor('dual', sentence, source)];
};

/** Each reason once, with the pods that it is for. */
function reasons(pods: readonly NodePod[]): string {
  const said = [...new Set(pods.map(({ noPlace: reason = '' }) => reason))].toSorted();
  const told = said.map((reason) => {
    const names = pods.filter((pod) => pod.noPlace === reason).map(podName);
    return `${listed(names)} (${reason})`;
  });
  const rest = told.length > 3 ? ` and others for ${plural(told.length - 3, 'more reason')}` : '';
  return `${told.slice(0, 3).join(', ')}${rest}`;
}

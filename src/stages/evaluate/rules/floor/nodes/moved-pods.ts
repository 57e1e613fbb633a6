import { listed } from '../../../../../actions/sentence.ts';
import { floor, nothing, plural, type Rule, sourceOf } from '../../../rule.ts';

/** Floor: a node's pods belong to others than those who look after the node, and all of them start anew. */
export const movedPods: Rule = (input) => {
  const pods = input.effect.pods.moved;
  if (pods.length === 0) return nothing;
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
  const sentence = `${plural(pods.length, 'pod')} of ${listed(namespaces)} ${pods.length === 1 ? 'ends' : 'end'} here, and what replaces ${pods.length === 1 ? 'it' : 'them'} starts anew elsewhere.`;
  return [floor('human', sentence, sourceOf(input, 'pods'))];
};

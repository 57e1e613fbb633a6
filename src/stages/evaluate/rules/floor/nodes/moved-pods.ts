import { listed } from '../../../../../actions/sentence.ts';
import { floor, nothing, plural, type Rule, sourceOf } from '../../../rule.ts';

/** Floor: a node's pods belong to others than those who look after the node, and all of them start anew. */
export const movedPods: Rule = (input) => {
  const pods = input.effect.pods.moved;
  if (pods.length === 0) return nothing;
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
  const some = `${plural(pods.length, 'pod')} of ${listed(namespaces)}`;
  const [one, many] = [pods.length === 1, pods.length !== 1];
  const sentence = input.effect.unknown.includes('ending')
    ? `${some} ${one ? 'is' : 'are'} told to end here.`
    : `${some} ${many ? 'end' : 'ends'} here, and what replaces ${one ? 'it' : 'them'} starts anew elsewhere.`;
  return [floor('human', sentence, sourceOf(input, 'pods'))];
};

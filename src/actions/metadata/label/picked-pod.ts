import {
  type Finding,
  floor,
  nothing,
  podOf,
  type Rule,
  type RuleInput,
  sourceOf,
} from '../../../stages/evaluate/rule.ts';
import { pickingOf } from './picking.ts';

/**
 * Floor: a label by which a controller or a Service picks the pod, or would. Without it the controller lets the pod go
 * and starts another, and this one runs on with nobody to replace or stop it: what people use as a quarantine.
 */
export const pickedPod: Rule = (input) => {
  const { leaves, joins } = pickingOf(input);
  if (leaves.length + joins.length === 0) return nothing;
  const source = sourceOf(input, 'metadata.labels');
  return [
    ...leaves.map((each) => floor('human', without(input, each), source)),
    ...joins.map(({ kind, name }): Finding => {
      const sentence = `${kind}/${name} would pick ${input.name} from then on: it gets requests if it is ready.`;
      return floor('human', sentence, source);
    }),
  ];
};

function without(input: RuleInput, { kind, name }: { kind: string; name: string }): string {
  if (kind === 'Service')
    return `Service/${name} would no longer pick ${input.name}: it gets no more requests.`;
  const orphan = `${kind}/${name} would let ${input.name} go: it runs on, and nobody replaces or stops it`;
  return podOf(input)?.controller?.kind === 'StatefulSet'
    ? `${orphan}. Another cannot start while this one has its name.`
    : `${orphan}; another starts in its place.`;
}

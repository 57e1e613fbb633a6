import type { EffectPart } from '../../../../../domain/effect.ts';
import { tierCeiling, tierFloor } from '../../../../../domain/tier.ts';
import { type Finding, nothing, type Rule, sourceOf } from '../../../rule.ts';

interface Unknown {
  /** What is not known, as the sentence calls it, and where it would have been read. */
  readonly what: string;
  readonly field: string;
  /** The worst score that it could lead to, short of a hard rule. */
  readonly worst: number;
}

/** What is not known of an effect. How many others are ready is told by ready-pods, as an outage. */
const parts: Readonly<Record<Exclude<EffectPart, 'readiness'>, Unknown>> = {
  pods: { what: 'which pods have to go', field: 'pods', worst: tierCeiling.dual },
  selection: { what: 'what selects the pod', field: 'metadata.labels', worst: tierCeiling.dual },
  placement: { what: 'which pods are placed by the label', field: 'metadata.labels', worst: tierFloor.human },
  fields: { what: 'what the fields hold now', field: 'spec', worst: tierFloor.human },
};

/** Floor: a part of what the action does that the facts do not tell counts as the worst that it can be, never as nothing. */
export const unknownEffect: Rule = (input) => {
  const { unknown } = input.effect;
  if (unknown.length === 0) return nothing;
  return unknown.flatMap((part): readonly Finding[] => {
    if (part === 'readiness') return nothing;
    const { what, field, worst } = parts[part];
    const sentence = `Not known: ${what}. It is judged as the worst that it could be.`;
    return [{ term: 'floor', points: worst, sentence, source: sourceOf(input, field) }];
  });
};

import type { Effect, EffectPart } from '../../../../../domain/effect.ts';
import { tierCeiling, tierFloor } from '../../../../../domain/tier.ts';
import { type Finding, nothing, type Rule, type RuleInput, sourceOf } from '../../../rule.ts';

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

/** What depends on the target was not read at all, as in facts that somebody wrote by hand. */
function dependents({ pods, size, node }: Effect): Unknown {
  const mayBeFelt = pods.affected.pods > 0 || size !== undefined || node?.closes === true;
  const worst = mayBeFelt ? tierCeiling.dual : tierFloor.human;
  return { what: 'what depends on it, and who wrote it last', field: 'neighbourhood', worst };
}

/** Floor: a part of what the action does that the facts do not tell counts as the worst that it can be, never as nothing. */
export const unknownEffect: Rule = (input) => {
  const { unknown } = input.effect;
  const alone = input.facts.neighbourhood === undefined;
  if (unknown.length === 0 && !alone) return nothing;
  const found = unknown.flatMap((part) => (part === 'readiness' ? [] : [told(input, parts[part])]));
  return alone ? [...found, told(input, dependents(input.effect))] : found;
};

function told(input: RuleInput, { what, field, worst }: Unknown): Finding {
  const sentence = `Not known: ${what}. It is judged as the worst that it could be.`;
  return { rule: undefined, term: 'floor', points: worst, sentence, source: sourceOf(input, field) };
}

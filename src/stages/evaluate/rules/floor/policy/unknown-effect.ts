import type { EffectPart } from '../../../../../domain/effect.ts';
import { tierCeiling, tierFloor } from '../../../../../domain/tier.ts';
import { contradicts } from '../../../disturbance.ts';
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
  ending: {
    what: 'whether pods there still run, and when they end',
    field: 'status.conditions[Ready]',
    worst: tierCeiling.dual,
  },
  selection: { what: 'what selects the pod', field: 'metadata.labels', worst: tierCeiling.dual },
  placement: { what: 'which pods are placed by the label', field: 'metadata.labels', worst: tierFloor.human },
  fields: { what: 'what the fields hold now', field: 'spec', worst: tierFloor.human },
};

/** The effect contradicts itself. */
const untold: Unknown = {
  what: 'what it does to pods as a whole',
  field: 'pods',
  worst: tierCeiling.dual,
};

/** What depends on the target was not read at all, as in facts that somebody wrote by hand. */
function dependents({ touched, effect: { size, node } }: RuleInput): Unknown {
  const mayBeFelt = touched > 0 || size !== undefined || node?.closes === true;
  const worst = mayBeFelt ? tierCeiling.dual : tierFloor.human;
  return { what: 'what depends on it, and who wrote it last', field: 'neighbourhood', worst };
}

/** Floor: a part of what the action does that the facts do not tell counts as the worst that it can be, never as nothing. */
export const unknownEffect: Rule = (input) => {
  const { unknown } = input.effect;
  const alone = input.facts.neighbourhood === undefined;
  const torn = contradicts(input);
  if (unknown.length === 0 && !alone && !torn) return nothing;
  const found = unknown.flatMap((part) => (part === 'readiness' ? [] : [told(input, parts[part])]));
  if (alone) found.push(told(input, dependents(input)));
  if (torn) found.push(told(input, untold));
  return found;
};

function told(input: RuleInput, { what, field, worst }: Unknown): Finding {
  const sentence = `Not known: ${what}. It is judged as the worst that it could be.`;
  return { rule: undefined, term: 'floor', points: worst, sentence, source: sourceOf(input, field) };
}

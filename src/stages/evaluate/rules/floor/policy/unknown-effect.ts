import type { EffectPart } from '../../../../../domain/effect.ts';
import { tierCeiling } from '../../../../../domain/tier.ts';
import { type Finding, nothing, type Rule, sourceOf } from '../../../rule.ts';

/** What is not known, as the sentence calls it, and where it would have been read. */
const parts: Readonly<Record<EffectPart, { readonly what: string; readonly field: string }>> = {
  pods: { what: 'which pods have to go', field: 'pods' },
  readiness: { what: 'how many other pods are ready', field: 'status.readyReplicas' },
  selection: { what: 'what selects the pod', field: 'metadata.labels' },
  placement: { what: 'which pods are placed by the label', field: 'metadata.labels' },
  fields: { what: 'what the fields hold now', field: 'spec' },
};

/**
 * Floor: a part of what the action does that the facts do not tell counts as the worst that anything can be short of a
 * hard rule. It never counts as nothing.
 */
export const unknownEffect: Rule = (input) => {
  const { unknown } = input.effect;
  if (unknown.length === 0) return nothing;
  return unknown.map((part): Finding => {
    const { what, field } = parts[part];
    const sentence = `Not known: ${what}. It is judged as the worst that it could be.`;
    return { term: 'floor', points: tierCeiling.dual, sentence, source: sourceOf(input, field) };
  });
};

import type { DeclarativeSpec } from '../../domain/spec.ts';
import { isStricter, type Tier } from '../../domain/tier.ts';
import { evaluate } from './evaluate.ts';
import { families, type Situation, type WhatIf } from './what-if.ts';

/** One or two facts that, had they been so, would have put the same action into a lower tier. */
export interface Counterfactual {
  readonly tier: Tier;
  readonly changes: readonly WhatIf[];
}

/** A card has room for so many. */
const most = 3;

/**
 * The smallest changes of facts that put the same action into a lower tier: single ones if any does, else two at
 * once. Found by running the evaluator itself on changed facts, so that it cannot disagree with it. Empty for
 * `auto`, for what no honest change helps, and when the policy by now judges the facts differently.
 *
 * @param spec what was decided on these facts
 */
export function counterfactuals(spec: DeclarativeSpec, situation: Situation): readonly Counterfactual[] {
  const { id, createdAt: now } = spec;
  const tierIf = (changes: readonly WhatIf[]): Tier => {
    const changed = changes.reduce((before, { change }) => change(before), situation);
    return evaluate({ id, now, ...changed }).tier;
  };
  if (spec.tier === 'auto' || tierIf([]) !== spec.tier) return [];
  const possible = families.map((family) => family(situation)).filter((family) => family.length > 0);
  const milder = (candidates: readonly (readonly WhatIf[])[]): Counterfactual | undefined => {
    for (const changes of candidates) {
      const tier = tierIf(changes);
      if (isStricter(spec.tier, tier)) return { tier, changes };
    }
    return undefined;
  };
  const found = (groups: readonly (readonly (readonly WhatIf[])[])[]) =>
    groups.map(milder).filter((each) => each !== undefined);
  const single = found(possible.map((family) => family.map((change) => [change])));
  return (single.length > 0 ? single : found(pairs(possible))).slice(0, most);
}

/** For any two families, each of the one with each of the other. */
function pairs(possible: readonly (readonly WhatIf[])[]): (readonly (readonly WhatIf[])[])[] {
  return possible.flatMap((family, index) =>
    possible.slice(index + 1).map((other) => family.flatMap((one) => other.map((another) => [one, another]))),
  );
}

/** `Would be auto if: 3 ready replicas instead of 1; or outside production.` Empty for none. */
export function counterfactualText(found: readonly Counterfactual[]): string {
  const reached = [...new Set(found.map(({ tier }) => tier))];
  const sentences = reached.map((tier) => {
    const ways = found.filter((each) => each.tier === tier).map(({ changes }) => told(changes));
    return `Would be ${tier} if: ${ways.join('; or ')}.`;
  });
  return sentences.join(' ');
}

const told = (changes: readonly WhatIf[]): string => changes.map(({ say }) => say).join(' and ');

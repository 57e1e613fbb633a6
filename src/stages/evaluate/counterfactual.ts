import type { DeclarativeSpec } from '../../domain/spec.ts';
import { isStricter, type Tier } from '../../domain/tier.ts';
import { evaluateRequest } from './request.ts';
import { families } from './what-if/families.ts';
import type { Situation, WhatIf } from './what-if/situation.ts';

/** One or two facts that, had they been so, would have put the same action into a lower tier. */
export interface Counterfactual {
  readonly tier: Tier;
  readonly changes: readonly Change[];
}

/** A what-if of every object that it can be said of. */
interface Change {
  readonly say: string;
  readonly change: (all: readonly Situation[]) => readonly Situation[];
}

/** A card has room for so many. */
const most = 3;

/**
 * The smallest changes of facts that put the same action into a lower tier: single ones if any does, else two at
 * once. Found by running the evaluator itself on changed facts, so that it cannot disagree with it. Empty for
 * `auto`, for what no honest change helps, and when the policy by now judges the facts differently.
 *
 * @param spec what was decided on these facts
 * @param situations of the object, or of each of several
 */
export function counterfactuals(
  spec: DeclarativeSpec,
  ...situations: readonly [Situation, ...Situation[]]
): readonly Counterfactual[] {
  const tierIf = (changes: readonly Change[]): Tier =>
    tierOf(
      spec,
      changes.reduce<readonly Situation[]>((before, { change }) => change(before), situations),
    );
  if (spec.tier === 'auto' || tierIf([]) !== spec.tier) return [];
  const possible = families
    .map((family) => together(situations.map(family)))
    .filter(({ length }) => length > 0);
  const milder = (candidates: readonly (readonly Change[])[]): Counterfactual | undefined => {
    for (const changes of candidates) {
      const tier = tierIf(changes);
      if (isStricter(spec.tier, tier)) return { tier, changes };
    }
    return undefined;
  };
  const found = (groups: readonly (readonly (readonly Change[])[])[]) =>
    groups.map(milder).filter((each) => each !== undefined);
  const single = found(possible.map((family) => family.map((change) => [change])));
  return (single.length > 0 ? single : found(pairs(possible))).slice(0, most);
}

/** What changes in the policy changes for all alike. */
function tierOf({ id, createdAt: now, action: request }: DeclarativeSpec, all: readonly Situation[]): Tier {
  const [first] = all;
  if (first === undefined) return 'blocked';
  const { policy, circumstances } = first;
  return evaluateRequest({ id, now, request, members: all, policy, circumstances }).spec.tier;
}

/** The same change for each of several objects, step by step; one that needs no more steps stays at its last. */
function together(each: readonly (readonly WhatIf[])[]): readonly Change[] {
  const steps = Math.max(0, ...each.map(({ length }) => length));
  return Array.from({ length: steps }, (_, step) => {
    const chosen = each.map((ways) => ways[Math.min(step, ways.length - 1)]);
    const said = [...new Set(chosen.flatMap((way) => (way === undefined ? [] : [way.say])))];
    const change: Change['change'] = (all) =>
      all.map((situation, index) => chosen[index]?.change(situation) ?? situation);
    return { say: said.join(' and '), change };
  });
}

/** For any two families, each of the one with each of the other. */
function pairs(possible: readonly (readonly Change[])[]): (readonly (readonly Change[])[])[] {
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

const told = (changes: readonly Change[]): string => changes.map(({ say }) => say).join(' and ');

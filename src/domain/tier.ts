import { z } from 'zod';

/** Who must agree, from least to most. `blocked` never runs. */
export const tiers = ['auto', 'human', 'dual', 'blocked'] as const;
export const tier = z.enum(tiers);
export type Tier = z.infer<typeof tier>;

/** The highest score of each tier: 0-10 auto, 11-50 human, 51-99 dual, 100 blocked. */
export const tierCeiling = { auto: 10, human: 50, dual: 99, blocked: 100 } as const satisfies Record<
  Tier,
  number
>;

/** The lowest score that puts an action in a tier. */
export const tierFloor = { auto: 0, human: 11, dual: 51, blocked: 100 } as const satisfies Record<
  Tier,
  number
>;

/** The tier of a score from 0 to 100. */
export function tierOf(score: number): Tier {
  if (score <= tierCeiling.auto) return 'auto';
  if (score <= tierCeiling.human) return 'human';
  return score <= tierCeiling.dual ? 'dual' : 'blocked';
}

/** Distinct people who must approve before a tier may run; blocked has no such number. */
export const approvalsRequired = { auto: 0, human: 1, dual: 2 } as const satisfies Record<
  Exclude<Tier, 'blocked'>,
  number
>;

/** True when `a` asks for more than `b`. */
export function isStricter(a: Tier, b: Tier): boolean {
  return tiers.indexOf(a) > tiers.indexOf(b);
}

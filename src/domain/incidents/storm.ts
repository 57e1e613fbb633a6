import { z } from 'zod';
import type { Tier } from '../tier.ts';

/** When so much happens that nothing is left to itself. */
export const stormLine = z.strictObject({
  incidentsPerMinute: z
    .number()
    .int()
    .min(2)
    .max(100_000)
    .default(30)
    .describe(
      'So many incidents of different owners within a minute are a storm: their cause is most likely one that no restart mends. Nothing runs by itself then, and one message lists them.',
    ),
  quietMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe('A storm is over after so many minutes below that line.'),
});
export type StormLine = z.infer<typeof stormLine>;

/** What is proposed for one owner in a storm. */
export interface StormProposal {
  readonly remediation: string;
  readonly number: number;
  /** As kubectl has it. */
  readonly command: string;
  readonly state: string;
  readonly tier?: Tier;
  readonly score?: number;
  /** How many alerts are about this owner. */
  readonly alerts: number;
}

/** A storm as its one message tells it. */
export interface Storm {
  readonly number: number;
  readonly beganAt: string;
  readonly endedAt?: string;
  /** Of different owners, in all. */
  readonly incidents: number;
  /** The worst first: by score, then by how many alerts there are. */
  readonly proposals: readonly StormProposal[];
  /** How many there are besides these. */
  readonly more: number;
  /** How many would have run by themselves. */
  readonly heldBack: number;
}

/** Where a verdict says that a storm was why people are asked. */
export const stormSource = 'policy.yaml: storm.incidentsPerMinute';

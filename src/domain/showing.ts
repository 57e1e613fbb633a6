import { z } from 'zod';
import { instant } from './facts/facts.ts';

const digest = z.string().length(64);
const parts = z.number().int().min(1);

/**
 * Whether those who decide have before them all that they decide on, for the digest that their votes carry. `version`: of
 * the row when its parts were promised, which tells them from parts that were promised before.
 */
export const showing = z.discriminatedUnion('kind', [
  /** The card has room for all of it. */
  z.strictObject({ kind: z.literal('card'), digest }),
  /** What the card has no room for is being posted in its thread, in so many parts. */
  z.strictObject({ kind: z.literal('posting'), digest, parts, version: z.number().int() }),
  /** Every part is there. */
  z.strictObject({ kind: z.literal('thread'), digest, parts, at: instant }),
  /** A part is not taken, and never will be: nobody can approve. */
  z.strictObject({ kind: z.literal('refused'), digest, reason: z.string() }),
]);
export type Showing = z.infer<typeof showing>;

/** True when all that an approval of this digest is about has been shown. What was never noted was not. */
export function isShown(showing: Showing | undefined, digest: string): boolean {
  return showing?.digest === digest && (showing.kind === 'card' || showing.kind === 'thread');
}

/** One piece of a text that is shown as it is, to the byte. */
export const passage = z.strictObject({ heading: z.string(), text: z.string() });
export type Passage = z.infer<typeof passage>;

import { z } from 'zod';
import { instant } from '../facts/facts.ts';

/** While there is one, nothing is sent to a cluster, whatever was approved. `by`: the Slack user id; absent where Firebreak stopped itself. */
export const stop = z.strictObject({
  number: z.number().int().positive(),
  at: instant,
  by: z.string().optional(),
  /** Untrusted text, redacted. */
  reason: z.string(),
});
export type Stop = z.infer<typeof stop>;

/** Why a change was broken off; without the person, whom only a chat can name. */
export const stoppedText = ({ reason }: Stop): string =>
  `Nothing more is sent: Firebreak was stopped (${reason}).`;

import { z } from 'zod';
import { instant } from './facts/facts.ts';
import { claim } from './incidents/claim.ts';
import { placeholderValues } from './incidents/placeholders.ts';

/** A person as Slack's signed payload names them: ids only, never display names. */
export const actor = z.strictObject({ userId: z.string().min(1), teamId: z.string().min(1) });
export type Actor = z.infer<typeof actor>;

/** A step of a playbook that was tried and did not work. */
const triedStep = z.strictObject({
  remediation: z.uuid(),
  number: z.number().int().positive(),
  command: z.string(),
  ended: z.enum(['not_verified', 'inconclusive', 'failed']),
  because: z.string(),
  at: instant,
});
export type TriedStep = z.infer<typeof triedStep>;

/** Who asked: a person by command, a playbook by alert, or Firebreak itself offering the rollback. */
export const requester = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    actor,
    /** The channel it was asked for in; absent where there are none, and in older rows. */
    channel: z.string().optional(),
    /** When the chat was asked whether this person may ask; absent in older rows: it is asked again. */
    checkedAt: instant.optional(),
  }),
  z.strictObject({
    kind: z.literal('playbook'),
    playbook: z.string(),
    alert: z.string(),
    /** What must still be so when it is carried out. Absent in older rows, where nothing is asked. */
    claim: claim.optional(),
    /** The step of the playbook, where it is not the first. */
    step: z.string().optional(),
    /** SHA-256 of what the playbook did when it proposed this: see substanceOf. Absent in older rows. */
    digest: z.string().optional(),
    /** What the placeholders of its actions stood for, so that the next step is about the same. Absent in older rows. */
    values: placeholderValues.optional(),
    /** The steps before this one, the first first; absent where there were none. */
    tried: z.array(triedStep).min(1).max(10).optional(),
  }),
  z.strictObject({ kind: z.literal('rollback'), of: z.uuid(), ofNumber: z.number().int() }),
]);
export type Requester = z.infer<typeof requester>;

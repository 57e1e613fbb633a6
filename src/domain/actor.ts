import { z } from 'zod';
import { instant } from './facts/facts.ts';
import { claimName } from './incidents/claim.ts';

/** A person as Slack's signed payload names them: ids only, never display names. */
export const actor = z.strictObject({ userId: z.string().min(1), teamId: z.string().min(1) });
export type Actor = z.infer<typeof actor>;

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
    claim: claimName.optional(),
  }),
  z.strictObject({ kind: z.literal('rollback'), of: z.uuid(), ofNumber: z.number().int() }),
]);
export type Requester = z.infer<typeof requester>;

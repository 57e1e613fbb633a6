import { z } from 'zod';

/** A month is looked back for what was done to an object (`Store.past`), and no card waits longer. Days. */
const month = 31;

const days = (least: number, usual: number) => z.number().int().min(least).max(36_500).default(usual);

/**
 * How long what is over is kept, in days. What is open stays, however old it is. The defaults leave a year and a month to
 * compare with, and of the audit chain two years.
 */
export const retention = z
  .strictObject({
    incidents: days(month, 400).describe(
      'Incidents with their remediations, evidence and votes, from when the last of them ended.',
    ),
    messages: days(1, 90).describe('What is known of messages in Slack; the messages themselves stay there.'),
    operations: days(1, 400).describe(
      'Lines of automation_operation_log; at most as long as their incident.',
    ),
    history: days(month, 40).describe(
      'What was done to which object, which repeats and growth are counted by.',
    ),
    audit: days(month, 800).describe(
      'Lines of the audit chain and the policies that were in force; export them before.',
    ),
  })
  .refine(({ audit, incidents }) => audit >= incidents, {
    path: ['audit'],
    error: 'must not be less than incidents: its lines vouch for them',
  });
export type Retention = z.infer<typeof retention>;

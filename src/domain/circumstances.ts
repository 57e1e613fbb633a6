import { z } from 'zod';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** What clocks and calendars show in one time zone at the moment of judging. */
export const localTime = z.strictObject({
  /** IANA name, as the policy writes it. */
  zone: z.string(),
  /** `2026-03-01`. */
  date: z.string(),
  weekday: z.enum(weekdays),
  /** `00:00` to `23:59`. */
  time: z.string(),
});
export type LocalTime = z.infer<typeof localTime>;

const count = z.number().int().min(0);

/** Scores of what was started in the last hour, added up, and how many remediations are running now. */
const usage = z.strictObject({ score: count, running: count });
export type Usage = z.infer<typeof usage>;

/** What an evaluation depends on besides the action, the facts and the policy. Stored with the verdict. */
export const circumstances = z.strictObject({
  /** One for each time zone that the policy mentions. */
  local: z.array(localTime),
  /** Absent when the policy has no budgets. The namespace's is absent for objects of the whole cluster. */
  usage: z.strictObject({ cluster: usage, namespace: usage.optional() }).optional(),
  /** What the playbook that asks has earned; absent when nobody's trust matters. */
  trust: z
    .strictObject({ playbook: z.string(), samples: count, lowerBound: z.number().min(0).max(1) })
    .optional(),
  /** The number of the remediation that this is the rollback of; absent for what somebody or an alert asked for. */
  takesBack: z.number().int().positive().optional(),
});
export type Circumstances = z.infer<typeof circumstances>;

/** Nothing is known: whatever the policy needs to know raises the tier. */
export const unknownCircumstances: Circumstances = { local: [] };

import { z } from 'zod';
import { labelName } from '../action.ts';

/** At most 30 days, as in the policy. */
const seconds = z.number().int().positive().max(2_592_000);

const labelValues = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'must be a text or a list of texts (quote numbers)',
});

/**
 * Alert matcher -> action template -> verification plan. One YAML file each; an unknown key stops the load.
 * `action` is a kubectl command with placeholders in double braces that take only valid Kubernetes names.
 */
export const playbook = z.strictObject({
  version: z.literal(1),
  name: labelName,
  description: z.string().min(1).max(500),
  /** All of these labels must have exactly these values, or one of the listed values. */
  match: z.strictObject({
    labels: z.record(z.string(), labelValues),
  }),
  action: z.string().min(1).max(500),
  verification: z
    .strictObject({
      initialDelaySeconds: z.number().int().min(0).max(2_592_000).optional(),
      intervalSeconds: seconds.optional(),
      goodSamples: seconds.optional(),
      badSamples: seconds.optional(),
      errorSamples: seconds.optional(),
      deadlineSeconds: seconds.optional(),
    })
    .optional(),
});
export type Playbook = z.infer<typeof playbook>;

/** What the placeholders of a playbook's action may be named. Which of them have a value depends on the alert. */
export const placeholderNames = ['kind', 'name', 'namespace', 'pod', 'node'] as const;

/** What a playbook's verified outcomes say of it. `score` is an EWMA from 0 to 1, `samples` how many verdicts. */
export const trust = z.strictObject({
  score: z.number().min(0).max(1),
  samples: z.number().int().min(0),
  /** Lower end of the 95 % Wilson interval over the raw outcomes. */
  lowerBound: z.number().min(0).max(1),
  successes: z.number().int().min(0),
});
export type Trust = z.infer<typeof trust>;

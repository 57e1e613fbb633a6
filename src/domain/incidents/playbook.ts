import { z } from 'zod';
import { labelName } from '../action.ts';
import { claimName } from './claim.ts';

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
  /** What must be so for the action to be proposed and carried out; unless told, that anything is wrong with the target. */
  claim: claimName.optional(),
  action: z.string().min(1).max(500),
  /** For so long after something was done to the owner, or was refused by people, nothing is proposed for it. */
  coolDownSeconds: z.number().int().min(0).max(2_592_000).optional(),
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

/**
 * Unless the playbook says otherwise: Prometheus evaluates rules with `for: 15m` (kubernetes-mixin), so that an alert about
 * what was true before the change may come this long after it.
 */
const usualCoolDownSeconds = 15 * 60;

/** Seconds after the end of a remediation in which nothing else is proposed for its owner. */
export const coolDownOf = ({ coolDownSeconds = usualCoolDownSeconds }: Playbook): number => coolDownSeconds;

/** What a playbook says is wrong with its target. */
export const claimOf = ({ claim = 'unhealthy' }: Playbook): z.infer<typeof claimName> => claim;

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

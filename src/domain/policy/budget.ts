import { z } from 'zod';
import { labelName } from '../action.ts';
import { raisedTier } from './freeze.ts';

const limit = z.number().int().positive();

/** Where limits hold. */
export type Scope = 'cluster' | 'namespace';

type Limits = Readonly<Record<Scope, number>>;

/**
 * What holds where a policy says nothing. Twenty restarts of 8 points are 160: by then it is no single repair any more.
 * One that two people agreed to has 51 at least, and six of those are what a cluster is asked to bear in an hour. Alerts
 * of one cause come together: five restarts in a namespace are what one cause explains, and the sixth is for a person. When
 * three in a row fail, something is wrong that none of them mends.
 */
export const usualLimits = {
  scorePerHour: { cluster: 300, namespace: 150 },
  concurrent: { cluster: 10, namespace: 5 },
  automaticPerHour: { cluster: 10, namespace: 5 },
  failuresInARow: { cluster: 3, namespace: 3 },
} as const satisfies Record<string, Limits>;

const limits = ({ cluster, namespace }: Limits, why: string) =>
  z
    .strictObject({
      cluster: limit.optional().describe(`${cluster} where it is left out.`),
      namespace: limit.optional().describe(`${namespace} where it is left out.`),
    })
    .prefault({})
    .describe(why);

/** How much may be changed before more people must look. What is left out has its usual limit. */
export const budgets = z.strictObject({
  scorePerHour: limits(usualLimits.scorePerHour, 'Scores added up over what was started in the last hour.'),
  concurrent: limits(usualLimits.concurrent, 'Remediations that run at the same time.'),
  automaticPerHour: limits(
    usualLimits.automaticPerHour,
    'Remediations of the last hour that nobody was asked about; the next one needs a person.',
  ),
  failuresInARow: limits(
    usualLimits.failuresInARow,
    'Remediations of the last hour that nobody was asked about and that failed, or did not help, one after the other; then the next one needs a person.',
  ),
  tier: raisedTier.default('human'),
});
export type Budgets = z.infer<typeof budgets>;

/** A week: nothing is broken while it waits, and those who keep the policy have time for it once in a week. */
export const usualProposalHours = 168;

/** A playbook whose lower bound of verified outcomes is below `minimum` is not trusted to run by itself. */
export const trustDemand = z.strictObject({
  minimum: z.number().min(0).max(1),
  tier: raisedTier.default('human'),
  proposalHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .optional()
    .describe(
      `How long such a proposal waits for its two approvals, in hours; ${usualProposalHours} where it is left out. Then it is withdrawn.`,
    ),
  alone: z
    .array(z.strictObject({ playbook: labelName, environment: z.string().min(1).max(100) }))
    .max(1000)
    .optional()
    .describe(
      'Where it is given, a playbook that has earned the minimum runs by itself only in the environments named here; what it has earned elsewhere is proposed to people. Absent: the minimum is enough.',
    ),
});

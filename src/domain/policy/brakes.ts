import { z } from 'zod';
import { raisedTier } from './freeze.ts';

/** The same object, or another of the same owner, acted on again and again: what did not help once will not help now. */
export const repeats = z.strictObject({
  minutes: z
    .number()
    .int()
    .min(0)
    .max(1440)
    .default(10)
    .describe('A person looks at what is acted on again so soon: a rollout takes minutes to prove itself.'),
  timesPerDay: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe(
      'After so many in 24 hours a person looks: by then it is a symptom that is treated, not its cause.',
    ),
  inVain: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe(
      'After so many in a row that failed or did not help, in 24 hours, a person looks: the next would not help either.',
    ),
  tier: raisedTier.default('human'),
});

const most = z.number().int().min(1).max(2_147_483_647);

const ceiling = (human: number, blocked: number) =>
  z
    .strictObject({ human: most.default(human), blocked: most.default(blocked) })
    .prefault({})
    .refine((beyond) => beyond.human <= beyond.blocked, {
      path: ['human'],
      error: 'must not be more than blocked, which is worse',
    });

/**
 * How large a workload may grow. The last numbers are the pods of a namespace that Kubernetes is tested with
 * (kubernetes/community, "Kubernetes Scalability thresholds"); those before them, the pods that one node takes and half
 * of them.
 */
export const ceilings = z.strictObject({
  replicas: ceiling(50, 3000).describe('More replicas than this need a person, or are refused.'),
  maxReplicas: ceiling(100, 3000).describe(
    'The same for as many as an autoscaler may start, or a Job runs at once: whoever made the load decides then.',
  ),
  timesPerHour: z
    .number()
    .min(1)
    .max(1000)
    .default(4)
    .describe('More than so many times as many as within the last hour need a person, however few they are.'),
});
export type Ceilings = z.infer<typeof ceilings>;

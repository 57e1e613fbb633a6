import { z } from 'zod';
import { tierFloor } from '../tier.ts';

/** Points of a finding. At least one: a team can make a finding light, not silent. */
const points = (usual: number, why: string) => z.number().int().min(1).max(99).default(usual).describe(why);

/** Points of what takes everything away: however light a team makes it, a person looks. */
const grave = (usual: number, why: string) =>
  z.number().int().min(tierFloor.human).max(99).default(usual).describe(why);

/** Points for each doubling of a number: ten pods more mean much for three and little for three hundred. */
const perDoubling = (usual: number, why: string) => z.number().min(0.5).max(20).default(usual).describe(why);

/** Of two findings of a kind, the milder one cannot count for more than the worse one. */
const atMost = (milder: string, worse: string) => ({
  path: [milder],
  error: `must not be more than ${worse}, which is worse`,
});

/** The largest of these four groups counts. */
const availability = z
  .strictObject({
    outage: grave(40, 'No ready pod is left. One person, in production (times 1.5) two.'),
    allButOutage: points(
      24,
      'Losing all ready pods but a last one; the share that is lost counts. One of three (8) stays auto.',
    ),
    alreadyDown: points(2, 'No pod is ready now: a repair must not be harder than what broke it.'),
    othersUnknown: points(40, 'Not known how many other pods serve: it counts at least as an outage.'),
    serviceOutage: grave(45, 'A Service without a ready endpoint: more than an outage, somebody calls it.'),
    singleReplica: points(20, 'One replica whose successor starts first: no outage, but proven by nothing.'),
    leader: points(15, 'A pod that holds a lease: nobody leads until it runs out. Above auto.'),
    growthPerDoubling: perDoubling(4, 'Each doubling of the replicas. Six instead of three stay auto.'),
    lastNode: points(30, 'Cordoning the last node that takes pods; of several, its share.'),
    nodeNotReady: points(2, 'Cordoning a node that takes no pods anyway.'),
    noPlace: points(40, 'Pods that no other node would take: they wait until somebody makes room.'),
    runsStop: points(8, 'A suspended CronJob: what stops is work to come, and resuming brings it back.'),
    misrouted: points(20, 'Pods of a Job that a Service selects: callers reach what was not made for them.'),
    laterUpdates: points(2, 'A patched field that only changes how later updates go: nothing is felt now.'),
  })
  .refine(({ allButOutage, outage }) => allButOutage <= outage, atMost('allButOutage', 'outage'));

const data = z
  .strictObject({
    identity: points(15, 'A StatefulSet without volumes: its pods have names and an order. Above auto.'),
    hostFiles: points(10, 'Pods leave files of their node behind (hostPath).'),
    emptyDir: points(15, 'emptyDir volumes are deleted: caches, as a rule, and only the owner knows.'),
    lostWork: points(15, 'A suspended Job stops its pods: only its author knows what they save. Above auto.'),
    lostJob: points(25, 'A deleted Job stops its pods and loses the count of what is done as well.'),
    volumes: points(25, 'Volumes are detached and attached again, and that may take long or fail.'),
    deletedClaims: grave(60, 'Volume claims are deleted: two people anywhere, nothing brings the data back.'),
  })
  .refine(({ identity, volumes }) => identity <= volumes, atMost('identity', 'volumes'))
  .refine(({ lostWork, lostJob }) => lostWork <= lostJob, atMost('lostWork', 'lostJob'))
  .refine(({ volumes, deletedClaims }) => volumes <= deletedClaims, atMost('volumes', 'deletedClaims'));

const controlPlane = z
  .strictObject({
    apiGone: grave(60, 'An aggregated API without a pod that serves it: two people anywhere.'),
    askedByApiServer: points(30, 'Pods behind an aggregated API or a webhook of failurePolicy Fail.'),
    skippableWebhook: points(12, 'Pods behind a webhook of failurePolicy Ignore. Above auto.'),
    systemPriority: points(35, 'Pods of the priority system-cluster-critical or system-node-critical.'),
    cordon: points(45, 'Cordoning a node of the control plane. Nodes count as production: two people.'),
    uncordon: points(10, 'Uncordoning one: ordinary pods may come to it.'),
  })
  .refine(
    ({ skippableWebhook, askedByApiServer }) => skippableWebhook <= askedByApiServer,
    atMost('skippableWebhook', 'askedByApiServer'),
  )
  .refine(
    ({ askedByApiServer, apiGone }) => askedByApiServer <= apiGone,
    atMost('askedByApiServer', 'apiGone'),
  )
  .refine(({ uncordon, cordon }) => uncordon <= cordon, atMost('uncordon', 'cordon'));

const irreversibility = z
  .strictObject({
    noWayBack: points(6, 'No other action leads back. A restart has none and stays auto.'),
    wayBack: points(2, 'Another action leads back.'),
    barePods: points(
      40,
      'Pods that nothing brings back leave their node. Nodes count as production: two people.',
    ),
  })
  .refine(({ wayBack, noWayBack }) => wayBack <= noWayBack, atMost('wayBack', 'noWayBack'));

/** Added to the largest of the others. */
const breadth = z.strictObject({
  podsPerDoubling: perDoubling(1, 'Each doubling of the pods. A restart of about 20 stays auto.'),
  entryPointsPerDoubling: perDoubling(4, 'Each doubling of the names that users outside reach it by.'),
  soleWorkloadsPerDoubling: perDoubling(2, 'Each doubling of the workloads that run on this node alone.'),
  verticalAutoscaler: points(
    1,
    'A VerticalPodAutoscaler that evicts as well: it keeps to budgets, and a routine restart stays one.',
  ),
});

const windows = z.strictObject({
  recentChangeMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(10)
    .describe('How long after somebody else has written the field a person must look.'),
  failingStartsMinutes: z
    .number()
    .int()
    .min(1)
    .max(60)
    .default(10)
    .describe('How long a pod that could not start makes it doubtful that the next one can.'),
});

/**
 * The numbers of the rules, by the term of the score that they go to; each with the reason for its default. Hard
 * rules and the tiers that a finding asks for are no weights: they stay. The bounds let a team shift what is grave,
 * and nobody switch a finding off.
 */
export const weights = z.strictObject({
  availability: availability.prefault({}),
  data: data.prefault({}),
  controlPlane: controlPlane.prefault({}),
  irreversibility: irreversibility.prefault({}),
  breadth: breadth.prefault({}),
  windows: windows.prefault({}),
});
export type Weights = z.infer<typeof weights>;

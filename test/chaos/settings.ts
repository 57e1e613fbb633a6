import { z } from 'zod';

/* What the programs of a run are told when they are started. */

/** A seeded bug of the harness, none of which is in the program itself. */
export const bug = z.enum(['outbox off', 'wake outside', 'constraint dropped']);
export type Bug = z.infer<typeof bug>;

export const replicaSettings = z.strictObject({
  database: z.string(),
  cluster: z.string(),
  slack: z.strictObject({ apiUrl: z.string(), botToken: z.string(), signingSecret: z.string() }),
  port: z.number(),
  seed: z.number(),
  bug: bug.optional(),
  /** Share of the statements that fail. */
  statementFaults: z.number(),
});
export type ReplicaSettings = z.infer<typeof replicaSettings>;

export const clusterSettings = z.strictObject({
  log: z.string(),
  seed: z.number(),
  targets: z.number(),
  /** Share of the requests that go wrong. */
  faults: z.number(),
});

export const slackSettings = z.strictObject({
  log: z.string(),
  seed: z.number(),
  /** Where the replicas listen. */
  ports: z.array(z.number()),
  /** What is asked for, in this order. */
  wishes: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('command'), text: z.string() }),
      z.object({ kind: z.literal('alert'), workload: z.string(), fingerprint: z.string() }),
    ]),
  ),
  /** So many are asked for and not over, at most. */
  open: z.number(),
  /** Requests go to replicas that say that they are ready, and to none a second time. */
  askReadiness: z.boolean(),
});
export type SlackSettings = z.infer<typeof slackSettings>;

/** What a program says of itself. */
export const said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
  z.object({ kind: z.literal('cluster'), url: z.string() }),
  z.object({
    kind: z.literal('slack'),
    apiUrl: z.string(),
    botToken: z.string(),
    signingSecret: z.string(),
  }),
  /** How many commands were taken, and how many endings are in the threads. */
  z.object({ kind: z.literal('count'), understood: z.number(), told: z.number() }),
]);
export type Said = z.infer<typeof said>;

/** What a program is told while it runs. */
export const order = z.discriminatedUnion('kind', [
  /** No faults any more. */
  z.object({ kind: z.literal('calm') }),
  /** Slack takes nothing for so many milliseconds. */
  z.object({ kind: z.literal('away'), milliseconds: z.number() }),
  /** So many remediations are not over, and so many there are, when the database was asked the last time. */
  z.object({ kind: z.literal('left'), open: z.number(), known: z.number() }),
]);
export type Order = z.infer<typeof order>;

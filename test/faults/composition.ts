import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { type Parts, slackFace } from '../../src/main.ts';
import type { Log } from '../../src/workflow/ports.ts';
import { spoilings } from '../chaos/statement-faults.ts';
import { login } from '../support/git-server.ts';
import { unhurried } from '../support/unhurried.ts';

/**
 * Where a replica halts: the point's name, at which of its occurrences, and what becomes of it there. It does nothing more and
 * waits to be killed; it kills itself; or it stands still (SIGSTOP) and goes on from there when it is woken.
 */
const halt = z.strictObject({
  point: z.string(),
  occurrence: z.number().int().positive().default(1),
  how: z.enum(['wait', 'die', 'freeze']).default('wait'),
});
export type Halt = z.input<typeof halt>;

/** At which statement what befalls a replica, counted from when it is ready; `head` as in statements.ts. */
const strike = z.strictObject({
  head: z.string(),
  occurrence: z.number().int().positive(),
  how: z.enum(['die before', 'die after', 'freeze', ...spoilings]),
});
export type Strike = z.infer<typeof strike>;

/** What a replica is told before it starts; the rest is the same in every test. */
export const site = z.strictObject({
  database: z.string(),
  cluster: z.string(),
  /** The host of a repository, and GitHub's API of it. */
  git: z.strictObject({ host: z.string(), api: z.string(), kind: z.enum(['github', 'gitlab']) }).optional(),
  slack: z.strictObject({
    apiUrl: z.string(),
    botToken: z.string(),
    appToken: z.string(),
    /** With it Slack's requests come over HTTP. */
    signingSecret: z.string().optional(),
  }),
  /** What its policy says besides the usual, or in its place. */
  policy: z.record(z.string(), z.json()).optional(),
  halt: halt.optional(),
  strike: strike.optional(),
  /** By how much its clock is off. */
  skewSeconds: z.number().optional(),
  /** With the time for a look and a request that it has in production, which a busy machine may need for other things. */
  isHasty: z.boolean().optional(),
  /** Says every statement that it sends and every point that it comes by. */
  isHeard: z.boolean().optional(),
});
export type Site = z.input<typeof site>;

export const alertToken = 'the-alert-token-of-the-fault-tests';
const channel = 'C0OPS';

const everybody = { users: ['U0BOB', 'U0CAROL'], groups: [] };

/** Production is `payments`; verification checks at once, then each second, and needs two good or two bad checks. */
const testPolicy = policy.parse({
  version: 1,
  namespaces: { production: ['payments'], protected: ['kube-system'] },
  approvers: { human: everybody, dual: everybody },
  verification: {
    initialDelaySeconds: 0,
    intervalSeconds: 1,
    goodSamples: 2,
    badSamples: 2,
    errorSamples: 5,
    deadlineSeconds: 600,
  },
});

const policyOf = ({ git, policy: own }: Site) =>
  policy.parse({ ...testPolicy, ...own, ...(git && { gitOps: gitOpsOf(git) }) });

const gitOpsOf = ({ host, api, kind }: NonNullable<Site['git']>) => ({
  hosts: [{ host, kind, address: `http://${host}`, api }],
});

const restart = playbook.parse({
  version: 1,
  name: 'restart-crash-looping',
  description: 'Restart the workload whose pod is crash looping.',
  match: { labels: { alertname: 'KubePodCrashLooping' } },
  // It is about the road that an alert takes, whatever its pods are like.
  claim: 'none',
  coolDownSeconds: 0,
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

/** The parts of one replica: everything as in production but the addresses. */
export function partsOf(where: Site, log: Log, probe: (point: string) => Promise<void>): Parts {
  const { botToken, appToken, apiUrl, signingSecret } = where.slack;
  const mode =
    signingSecret === undefined
      ? ({ kind: 'socket', appToken } as const)
      : ({ kind: 'http', signingSecret } as const);
  return {
    database: { kind: 'url', url: where.database },
    channel,
    policy: policyOf(where),
    ...(where.git === undefined ? {} : { gitLogins: { [where.git.host]: login } }),
    playbooks: [restart],
    alertTokens: { alertmanager: alertToken },
    log,
    cluster: async (inside) =>
      createCluster({
        name: 'sandbox',
        connection: plainConnection(where.cluster),
        log: inside,
        ...(where.isHasty === true ? {} : unhurried),
      }),
    face: slackFace({
      slack: { botToken, mode, apiUrl, channel },
      host: '127.0.0.1',
      port: 0,
    }),
    probe,
  };
}

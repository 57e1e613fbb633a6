import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { type Parts, slackFace } from '../../src/main.ts';
import type { Log } from '../../src/workflow/ports.ts';
import { unhurried } from '../support/unhurried.ts';

/** Where a replica halts, or ends with it: the point's name, and at which of its occurrences. */
const halt = z.strictObject({
  point: z.string(),
  occurrence: z.number().int().positive().default(1),
  deadly: z.boolean().optional(),
});
export type Halt = z.infer<typeof halt>;

/** What a replica is told before it starts; the rest is the same in every test. */
export const site = z.strictObject({
  database: z.string(),
  cluster: z.string(),
  slack: z.strictObject({ apiUrl: z.string(), botToken: z.string(), appToken: z.string() }),
  halt: halt.optional(),
});
export type Site = z.infer<typeof site>;

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
  const { botToken, appToken, apiUrl } = where.slack;
  return {
    database: { kind: 'url', url: where.database },
    channel,
    policy: testPolicy,
    playbooks: [restart],
    alertTokens: { alertmanager: alertToken },
    log,
    cluster: async (inside) =>
      createCluster({
        name: 'sandbox',
        connection: plainConnection(where.cluster),
        log: inside,
        ...unhurried,
      }),
    face: slackFace({
      slack: { botToken, mode: { kind: 'socket', appToken }, apiUrl, channel },
      host: '127.0.0.1',
      port: 0,
    }),
    probe,
  };
}

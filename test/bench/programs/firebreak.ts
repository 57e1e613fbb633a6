import { pino } from 'pino';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { slackFace, start } from '../../../src/main.ts';
import { alertToken, approver, channel, production, site } from './site.ts';

/** Firebreak as it is in production but for its addresses, in a process of its own. */
const { slack, database, cluster } = site.required().parse(JSON.parse(process.argv[2] ?? ''));
const approvers = { users: [approver], groups: [] };

const running = await start({
  database: { kind: 'url', url: database },
  channel,
  policy: policy.parse({
    changesPerMinute: 1_000_000,
    version: 1,
    namespaces: { production: [production] },
    approvers: { human: approvers, dual: approvers },
    verification: { initialDelaySeconds: 0, intervalSeconds: 1, goodSamples: 1, badSamples: 2 },
  }),
  playbooks: [
    {
      version: 1,
      name: 'bench-restart',
      description: 'Restart what the alert names.',
      match: { labels: { alertname: 'BenchRestart' } },
      // It is about the road that an alert takes, whatever its pods are like.
      claim: 'none',
      coolDownSeconds: 0,
      action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
    },
  ],
  alertTokens: { alertmanager: alertToken },
  log: pino({ level: process.env['BENCH_LOG'] ?? 'error' }, pino.destination(2)),
  cluster: async (log) => createCluster({ name: 'bench', connection: plainConnection(cluster), log }),
  face: slackFace({
    slack: {
      botToken: slack.botToken,
      mode: { kind: 'http', signingSecret: slack.signingSecret },
      apiUrl: slack.apiUrl,
      channel,
    },
    host: '127.0.0.1',
    port: 0,
  }),
});
process.stdout.write(`${JSON.stringify({ port: running.port })}\n`);
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));

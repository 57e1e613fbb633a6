import { pino } from 'pino';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { slackFace, start } from '../../src/main.ts';
import { unhurried } from '../support/unhurried.ts';
import { plantBug } from './bugs.ts';
import { runAsChild, say } from './own-process.ts';
import { type ReplicaSettings, replicaSettings } from './settings.ts';
import { failStatements } from './statement-faults.ts';
import { teamRoutes } from './teams.ts';

/*
 * One replica of a run: all of production but the addresses, and a policy that lets a thousand remediations happen within
 * the hour. Ends on SIGTERM as main does; is there to be killed.
 */

const everybody = { users: ['U0BOB', 'U0CAROL'], groups: [] };
const noLimit = 1_000_000;

/** A request to the cluster that hangs is over after this; on a busy machine none that does not hang is. Milliseconds. */
const deadlineMs = 20_000;

const chaosPolicy = policy.parse({
  changesPerMinute: 1_000_000,
  version: 1,
  namespaces: { production: ['payments'], protected: ['kube-system'] },
  approvers: { human: everybody, dual: everybody },
  channels: teamRoutes,
  budgets: {
    scorePerHour: { cluster: noLimit, namespace: noLimit },
    concurrent: { cluster: noLimit, namespace: noLimit },
    automaticPerHour: { cluster: noLimit, namespace: noLimit },
  },
  evictionPatienceSeconds: 120,
  // No incident is closed while a run lasts, however slow the machine: test/faults/ends.test.ts is about that.
  incidents: { quietMinutes: 10_080 },
  verification: {
    initialDelaySeconds: 0,
    intervalSeconds: 1,
    goodSamples: 2,
    badSamples: 5,
    errorSamples: 20,
    deadlineSeconds: 600,
  },
});

/** Learns from every verdict: some of what it restarts gets well, some does not. */
const restart = playbook.parse({
  version: 1,
  name: 'restart-crash-looping',
  description: 'Restart the workload that is crash looping.',
  match: { labels: { alertname: 'KubePodCrashLooping' } },
  // It is about the road that an alert takes, whatever its pods are like.
  claim: 'none',
  coolDownSeconds: 0,
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

async function begin(settings: ReplicaSettings) {
  const { database, cluster, slack, port, bug, seed, statementFaults } = settings;
  if (bug !== undefined) plantBug(bug, database);
  const faults = failStatements(statementFaults, seed);
  const { botToken, apiUrl, signingSecret } = slack;
  const channel = 'C0OPS';
  const running = await start({
    database: { kind: 'url', url: database },
    channel,
    policy: chaosPolicy,
    playbooks: [restart],
    alertTokens: { alertmanager: 'the-alert-token-of-the-chaos' },
    log: pino({ level: 'info' }, pino.destination(1)),
    cluster: async (log) =>
      createCluster({
        name: 'chaos',
        connection: plainConnection(cluster),
        log,
        ...unhurried,
        deadlineMs,
      }),
    face: slackFace({
      slack: { botToken, mode: { kind: 'http', signingSecret }, apiUrl, channel },
      host: '127.0.0.1',
      port,
    }),
  });
  process.once('SIGTERM', () => void running.leave().then(() => process.exit(0)));
  say({ kind: 'ready' });
  return (told: { readonly kind: string }): void => {
    if (told.kind === 'calm') faults.calm();
  };
}

runAsChild(replicaSettings, begin);

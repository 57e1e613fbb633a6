import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { connect } from '../../src/adapters/postgres/connect.ts';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace, node } from '../../src/simulator/workloads.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import { administer, sharedServer, stopShared } from '../support/cluster.ts';
import { production, type Site } from './programs/site.ts';

/** A PostgreSQL, a Slack and a cluster on loopback, for ours and for the reference alike. */
export interface Stage {
  readonly slack: SlackDouble;
  readonly knex: Knex;
  /** What a program is told; the reference gets a part of it. */
  readonly site: Required<Site>;
  /** A file that names the cluster. */
  readonly kubeconfig: string;
  /** Calls back at each PATCH that changed something, until the answered function is called. */
  onPatch(listener: (line: RequestLine) => void): () => void;
  close(): Promise<void>;
}

/** How many workloads take turns, so that the one before is at rest again. */
const workloads = 16;
export const workloadName = (turn: number): string => `web-${turn % workloads}`;

/** The workload of which much is asked and nothing approved. */
export const asked = 'asked';

/** The workloads that a storm of alerts is about. */
export const stormed: readonly string[] = Array.from({ length: 40 }, (_, n) => `storm-${n}`);

/** Seconds of simulated time in one second: pods are ready before their workload's next turn. */
const speed = 10;

/**
 * The controllers look this often, half a second of their own time. As often as the speed asks for by itself, they would take a
 * processor of their own, and the double would be what is measured. Milliseconds.
 */
const lookEvery = 50;

/** @param names of the Deployments of production, where it is not about those of the other measurements */
export async function openStage(names?: readonly string[]): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'firebreak-bench-'));
  const server = await sharedServer(home);
  const database = new URL(server);
  database.pathname = '/bench';
  await administer(server, ['drop database if exists bench with (force)', 'create database bench']);
  const listeners = new Set<(line: RequestLine) => void>();
  const cluster = await createSimulatedCluster({
    ...{ speed, lookEvery },
    onRequest: (line) => {
      if (line.method === 'PATCH' && line.changed) for (const listener of listeners) listener(line);
    },
  });
  for (const object of names === undefined ? manifests() : manifestsOf(names)) cluster.apply(object);
  const slack = await startSlackDouble();
  const kubeconfig = join(home, 'kubeconfig.json');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(cluster.url)));
  const knex = connect(database.href, 2);
  const { botToken, signingSecret } = slack.workspace;
  return {
    slack,
    knex,
    kubeconfig,
    site: {
      slack: { apiUrl: slack.apiUrl, botToken, signingSecret },
      database: database.href,
      cluster: cluster.url,
    },
    onPatch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await knex.destroy();
      await Promise.all([cluster.stop(), slack.close()]);
      await administer(server, ['drop database bench with (force)']);
      await stopShared(home);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** JSON is YAML. */
function kubeconfigOf(server: string) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [{ name: 'bench', cluster: { server } }],
    users: [{ name: 'bench', user: {} }],
  };
}

const image = 'registry.example/web:1.0.0';

const manifests = () => [
  namespace('shop'),
  deployment({ name: 'bare', namespace: 'shop', image, replicas: 1 }),
  ...manifestsOf([asked, ...stormed, ...Array.from({ length: workloads }, (_, turn) => workloadName(turn))]),
];

const manifestsOf = (names: readonly string[]) => [
  // Room for all the pods, and for those that take their places.
  ...[1, 2, 3, 4].map((at) => node(`bench-${at}`, `10.9.0.${at}`, 'worker', `zone-${at % 2}`)),
  namespace(production),
  ...names.map((name) => deployment({ name, namespace: production, image, replicas: 2 })),
];

import type { Knex } from 'knex';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { type Running, start } from '../../src/main.ts';
import type { Forbidden } from '../../src/simulator/api/access.ts';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import type { Log } from '../../src/workflow/ports.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import { pace } from '../chaos/witness.ts';
import { cloneDatabase, onlooker } from '../support/database.ts';
import { type Replica, startReplica } from './child.ts';
import { type Halt, partsOf, type Site } from './composition.ts';
import { type FaultRepository, openRepository, type RepositoryPlay } from './repository.ts';
import { ready, workloads } from './shop.ts';

/** A replica in the test's own process, which nobody kills, with what it did and logged. */
export interface Peer {
  readonly running: Running;
  /** The points it came to, with their time in milliseconds. */
  readonly points: readonly { readonly point: string; readonly at: number }[];
  readonly lines: readonly string[];
}

interface PeerOptions extends Pick<Site, 'isHasty' | 'policy'> {
  /** Slack's requests come to it over HTTP, signed. */
  readonly signingSecret?: string;
  /** Another way to the cluster. */
  readonly cluster?: string;
  /** Told of each point that it comes to; where it waits, the replica does. */
  readonly onPoint?: (point: string) => void | Promise<void>;
}

/** A database, a cluster and a Slack that outlive every replica. */
export interface FaultScenario {
  readonly slack: SlackDouble;
  /** Every request the cluster has answered. */
  readonly requests: readonly RequestLine[];
  readonly cluster: SimulatedCluster;
  readonly knex: Knex;
  readonly site: Site;
  readonly repository: FaultRepository | undefined;
  /** Starts a replica that can be killed, as everywhere but for these. */
  replica(
    halt?: Halt,
    more?: Pick<Site, 'strike' | 'isHeard' | 'skewSeconds'> & { readonly cluster?: string },
  ): Promise<Replica>;
  /** Starts a replica in this process, as everywhere but for these. */
  peer(more?: PeerOptions): Promise<Peer>;
  close(): Promise<void>;
}

/** Seconds of simulated time in one second. */
const speed = 6;

export interface FaultScenarioOptions {
  /** Another database than a clone of the run's template. */
  readonly database?: { readonly url: string; drop(): Promise<void> };
  /** A message a second for each channel is Slack's pace; here they go out twenty times as fast. */
  readonly isHurried?: boolean;
  /** What the cluster answers with 403. */
  readonly forbid?: readonly Forbidden[];
  /** What stands in the cluster besides the usual. */
  readonly besides?: readonly JsonObject[];
  /** With a repository, GitHub's API of it, and an Argo CD that applies what is merged, as soon as it is opened. */
  readonly hasRepository?: true | RepositoryPlay;
}

/** What the test has stopped already is not stopped again. */
const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
};

export async function openFaultScenario(options: FaultScenarioOptions = {}): Promise<FaultScenario> {
  const requests: RequestLine[] = [];
  const simulated = await createSimulatedCluster({
    speed,
    forbid: options.forbid ?? [],
    onRequest: (line) => requests.push(line),
  });
  const cluster = { ...simulated, stop: once(simulated.stop) };
  const { hasRepository } = options;
  const repositoryPlay = hasRepository === true ? {} : hasRepository;
  const repository = repositoryPlay && (await openRepository(cluster, repositoryPlay));
  const objects = [...workloads, ...(options.besides ?? []), ...(repository?.objects ?? [])];
  for (const object of objects) cluster.apply(object);
  const slack = await startSlackDouble();
  const database = options.database ?? (await cloneDatabase());
  const knex = onlooker(database.url);
  if (options.isHurried === true) await knex.raw(pace);
  await ready(cluster.url, objects);
  const { botToken, appToken } = slack.workspace;
  const site = {
    database: database.url,
    cluster: cluster.url,
    slack: { apiUrl: slack.apiUrl, botToken, appToken },
    ...(repository === undefined ? {} : { git: repository.site }),
  };
  const ends: (() => Promise<unknown>)[] = [];
  return {
    slack,
    requests,
    cluster,
    knex,
    site,
    repository,
    replica: async (halt, more = {}) => {
      const replica = await startReplica({ ...site, ...(halt && { halt }), ...more });
      ends.push(replica.kill);
      return replica;
    },
    peer: async (more = {}) => {
      const peer = await startPeer(site, more);
      ends.push(() => peer.running.stop());
      return peer;
    },
    close: async () => {
      await Promise.all(ends.map((end) => end()));
      await knex.destroy();
      await Promise.all([cluster.stop(), slack.close(), database.drop(), repository?.close()]);
    },
  };
}

async function startPeer(usual: Site, { onPoint, signingSecret, ...other }: PeerOptions): Promise<Peer> {
  const slack = { ...usual.slack, ...(signingSecret && { signingSecret }) };
  const points: { point: string; at: number }[] = [];
  const lines: string[] = [];
  const note = (_fields: object, sentence: string): void => void lines.push(sentence);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const running = await start(
    partsOf({ ...usual, slack, ...other }, log, async (point) => {
      points.push({ point, at: performance.now() });
      await onPoint?.(point);
    }),
  );
  return { running, points, lines };
}

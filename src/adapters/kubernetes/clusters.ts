import { setTimeout as sleep } from 'node:timers/promises';
import { clockTime } from '../../domain/text/clock-time.ts';
import type { Clusters } from '../../workflow/clusters-port.ts';
import { type Cluster, ClusterFault, type Log } from '../../workflow/ports.ts';
import type { KubernetesCluster } from './cluster.ts';

/** Milliseconds between two looks at whether a cluster answers, and for one. */
const lookEvery = 5_000;
const patience = 5_000;

/** Looks in a row without an answer from which a cluster is away. */
const mostMissed = 2;

/** How one of several clusters is. */
export type ClusterHealth =
  | { readonly name: string; readonly kind: 'not asked yet' | 'reachable' }
  | { readonly name: string; readonly kind: 'away'; readonly since: string; readonly reason: string };

/** Several clusters, each with its own connections, its own places and its own health. */
export interface OpenClusters extends Clusters {
  readonly all: readonly [KubernetesCluster, ...KubernetesCluster[]];
  readonly health: () => readonly ClusterHealth[];
  stop(): Promise<void>;
}

export interface ClustersOptions {
  /** Steps that may be under way at one cluster. */
  readonly places: number;
  readonly log: Log;
  readonly clock: () => string;
  /** Milliseconds between looks, 5000. */
  readonly lookEvery?: number;
  /** For one look, 5000 milliseconds. */
  readonly patience?: number;
}

/**
 * Puts several clusters side by side. Each is looked at all the time by itself: while one is away, what is asked of it fails
 * at once with a sentence, so that nothing waits for it that others have need of. One whose kube-system has the uid of one
 * before it is the same cluster under another name, and is asked for nothing: locks and budgets are by name.
 */
export function createClusters(
  ports: readonly [KubernetesCluster, ...KubernetesCluster[]],
  options: ClustersOptions,
): OpenClusters {
  const ending = new AbortController();
  const [first, ...others] = ports.map((port) => watched(port, options));
  if (first === undefined) throw new Error('there is no cluster');
  const members = [first, ...others];
  const guards = members.map(({ port, fault }, index) => {
    const before = ports.slice(0, index);
    return guarded(port, () => fault() ?? sameAs(port, before));
  });
  const [usual, ...rest] = guards;
  if (usual === undefined) throw new Error('there is no cluster');
  const looking = members.map(({ follow }) => follow(ending.signal));
  return {
    all: [usual, ...rest],
    enter: placesOf(options.places),
    health: () => members.map(({ health }) => health()),
    stop: async () => {
      ending.abort();
      await Promise.all(looking);
    },
  };
}

function placesOf(most: number): Clusters['enter'] {
  const taken = new Map<string, number>();
  return (name) => {
    const now = taken.get(name) ?? 0;
    if (now >= most) return undefined;
    taken.set(name, now + 1);
    return () => void taken.set(name, (taken.get(name) ?? 1) - 1);
  };
}

/** Why a cluster is asked for nothing, where it is one that is there already. */
function sameAs(port: KubernetesCluster, before: readonly KubernetesCluster[]): ClusterFault | undefined {
  const uid = port.knownIdentity();
  const same = uid === undefined ? undefined : before.find((each) => each.knownIdentity() === uid);
  if (same === undefined) return undefined;
  return new ClusterFault(
    `The clusters ${same.name} and ${port.name} are one and the same (their namespace kube-system has the uid ${uid}): configure it once.`,
  );
}

interface Watched {
  readonly port: KubernetesCluster;
  readonly health: () => ClusterHealth;
  /** While it is away. */
  readonly fault: () => ClusterFault | undefined;
  readonly follow: (signal: AbortSignal) => Promise<void>;
}

function watched(port: KubernetesCluster, options: ClustersOptions): Watched {
  const { log, clock } = options;
  const { name } = port;
  let missed = 0;
  let now: ClusterHealth = { name, kind: 'not asked yet' };
  const look = async (signal: AbortSignal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(options.patience ?? patience)]);
    const reason = await reasonOf(port, limit);
    if (signal.aborted) return;
    if (reason === undefined) {
      if (now.kind === 'away') log.info({ cluster: name }, `The cluster ${name} answers again.`);
      [missed, now] = [0, { name, kind: 'reachable' }];
      return;
    }
    missed += 1;
    if (missed < mostMissed || now.kind === 'away') return;
    now = { name, kind: 'away', since: clock(), reason };
    log.warn({ cluster: name }, `The cluster ${name} is away: ${reason} The others go on.`);
  };
  return {
    port,
    health: () => now,
    fault: () =>
      now.kind === 'away'
        ? new ClusterFault(
            `The cluster ${name} has not answered since ${clockTime(now.since, clock())}: ${now.reason}`,
          )
        : undefined,
    follow: async (signal) => {
      while (!signal.aborted) {
        await look(signal);
        await sleep(options.lookEvery ?? lookEvery, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** Why it does not answer; undefined while it does. Its identity is asked for on the way, so that it is known. */
async function reasonOf(port: KubernetesCluster, signal: AbortSignal): Promise<string | undefined> {
  try {
    const reach = await port.checkReachable(signal);
    if (reach.kind === 'unreachable') return reach.reason;
    await port.identity(signal);
    return undefined;
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

/** Asked for nothing while there is a fault. What a look needs itself goes past it. */
function guarded(port: KubernetesCluster, fault: () => ClusterFault | undefined): KubernetesCluster {
  const unless = <T extends readonly unknown[], R>(ask: (...of: T) => Promise<R>) => {
    return async (...of: T): Promise<R> => {
      const found = fault();
      if (found !== undefined) throw found;
      return ask(...of);
    };
  };
  const identity: Cluster['identity'] = async (signal) => {
    const before = fault();
    if (before !== undefined) throw before;
    const uid = await port.identity(signal);
    // By now it is known whether it is one that is there already.
    const found = fault();
    if (found !== undefined) throw found;
    return uid;
  };
  // Written out, so that a question that is new does not go past it.
  const asked: Omit<Cluster, 'name'> = {
    identity,
    gather: unless(port.gather),
    select: unless(port.select),
    dryRun: unless(port.dryRun),
    apply: unless(port.apply),
    applied: unless(port.applied),
    observe: unless(port.observe),
    drifted: unless(port.drifted),
    suspension: unless(port.suspension),
    suspensionEnd: unless(port.suspensionEnd),
    read: unless(port.read),
    diagnose: unless(port.diagnose),
    evidence: unless(port.evidence),
    resembling: unless(port.resembling),
    ownerOf: unless(port.ownerOf),
  };
  return { ...port, ...asked, watchWarnings: unless(port.watchWarnings) };
}

import type { WorkloadHealth } from '../../domain/incidents/storm.ts';
import type { WarningEvent } from '../../domain/incidents/warning-event.ts';
import type { Clock, Cluster, Log } from '../../workflow/ports.ts';
import { ClusterFault } from '../../workflow/ports.ts';
import type { AbsentKinds } from './client/absent-kinds.ts';
import { createApi } from './client/api.ts';
import type { Connection } from './client/connection.ts';
import { createIdentity } from './client/identity.ts';
import { anyObject } from './client/objects.ts';
import type { Reader } from './client/read.ts';
import { createReader } from './client/read.ts';
import { createRememberedReads } from './client/remembered-reads.ts';
import { resourceOf } from './client/resource.ts';
import { createSharedReads } from './client/shared-reads.ts';
import { resembling } from './facts/absence/resembling.ts';
import { gatherAll, readOnce } from './facts/gather-all.ts';
import { ownerOf } from './facts/owners/workload-behind.ts';
import { select } from './facts/select.ts';
import { applied } from './observe/applied.ts';
import { diagnose } from './observe/diagnose.ts';
import { drifted } from './observe/drifted.ts';
import { gatherEvidence } from './observe/evidence.ts';
import { observe } from './observe/observe.ts';
import { readAll } from './observe/readings.ts';
import { watchWarnings } from './observe/warning-events.ts';
import { workloadHealth } from './observe/workload-health.ts';
import { dryRun } from './writes/dry-run.ts';
import { suspension, suspensionEnd } from './writes/suspension.ts';
import { apply } from './writes/write.ts';

export interface ClusterOptions {
  /** How people and the database call this cluster. */
  readonly name: string;
  readonly connection: Connection;
  readonly log: Log;
  /** For each request, 10 000 milliseconds. */
  readonly deadlineMs?: number;
  /** For all reads about one object together, 3000 milliseconds. */
  readonly gatherMs?: number;
  readonly now?: Clock;
  /** In the place of its uid, for one that is made anew at every start and is the same all the same. */
  readonly identity?: string;
}

type Reachability =
  | { readonly kind: 'reachable' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** The `Cluster` port on the Kubernetes API, over any connection: a real API server or the sandbox's. */
export interface KubernetesCluster extends Cluster {
  /** For readiness: asks for one namespace, which any cluster has and any account may be refused. */
  checkReachable(signal: AbortSignal): Promise<Reachability>;
  /** The last answer of `identity`; undefined before the first. */
  knownIdentity(): string | undefined;
  /** Tells the Warning events of the cluster until the signal ends it; throws ClusterFault when the watch breaks off. */
  watchWarnings(tell: (event: WarningEvent) => void, signal: AbortSignal): Promise<void>;
  /** How many workloads are unhealthy; undefined where they may not be listed. */
  workloadHealth(signal: AbortSignal): Promise<WorkloadHealth | undefined>;
  close(): Promise<void>;
}

/** Asks nothing of the cluster before it is called. */
export function createCluster(options: ClusterOptions): KubernetesCluster {
  const { name, connection, log, now = () => new Date().toISOString() } = options;
  const api = createApi(name, connection, options.deadlineMs);
  const reader = (signal: AbortSignal) => createReader(api, signal);
  const identity = createIdentity(api);
  const absent: AbsentKinds = new Map();
  const reads = createRememberedReads();
  const sharing = createSharedReads();
  const shared = sharing(api);
  // What a look needs twice is read once, so that all of it is of one moment.
  const oneLook = (signal: AbortSignal, by = api) => createReader(readOnce(by), signal);
  const gatherContext = { cluster: name, api, now, budgetMs: options.gatherMs ?? 3000, absent, reads };
  return {
    name,
    identity: async (signal) => options.identity ?? identity.ask(signal),
    knownIdentity: () => options.identity ?? identity.last(),
    async gather(actions, signal, reading) {
      const asked = reading === 'shared' ? { ...gatherContext, api: shared } : gatherContext;
      const looks = await gatherAll(asked, actions, signal);
      for (const [index, { target }] of actions.entries()) {
        const look = looks[index];
        if (look?.kind !== 'facts' || look.facts.unknown.length === 0) continue;
        log.warn({ cluster: name, target, unknown: look.facts.unknown }, 'Some facts could not be read.');
      }
      return looks;
    },
    select: (group, signal) => select(reader(signal), group),
    dryRun: (plan, signal) => dryRun(api, plan, signal),
    async apply(call, fieldManager, signal, fence) {
      const applied = await apply(api, call, fieldManager, signal, fence);
      log.info(
        { cluster: name, call: call.kind, ref: call.ref, fieldManager, applied },
        'Sent a call to the cluster.',
      );
      return applied;
    },
    applied: (owner, signal) => applied(reader(signal), owner),
    observe: (target, signal, plan) => observe(oneLook(signal), target, now, plan),
    drifted: (plan, signal) => drifted(reader(signal), plan),
    suspension: (asked, signal) => suspension(reader(signal), asked),
    suspensionEnd: (asked, signal) => suspensionEnd(reader(signal), asked),
    read: (asked, signal) => readAll(reader(signal), asked),
    diagnose: (target, signal) => diagnose(oneLook(signal), target),
    evidence: (target, signal) => gatherEvidence(oneLook(signal, sharing(api, 'all')), target),
    resembling: (target, kinds, signal) => resembling(reader(signal), target, kinds),
    ownerOf: (owned, signal) => ownerOf(reader(signal), owned),
    workloadHealth: (signal) => workloadHealth(reader(signal)),
    checkReachable: (signal) => checkReachable(reader(signal)),
    watchWarnings: (tell, signal) => watchWarnings(connection, tell, signal),
    close: () => connection.close(),
  };
}

async function checkReachable(reader: Reader): Promise<Reachability> {
  try {
    await reader.list(anyObject, resourceOf('Namespace'), { limit: '1' });
    return { kind: 'reachable' };
  } catch (fault) {
    if (fault instanceof ClusterFault) return { kind: 'unreachable', reason: fault.message };
    throw fault;
  }
}

import { targetKey } from '../../domain/action.ts';
import type { StormLine, WorkloadHealth } from '../../domain/incidents/storm.ts';
import { asJson } from '../../domain/text/json.ts';
import { ClusterFault, type Log, type Store } from '../ports.ts';
import type { Routine } from './routine.ts';

/** Seconds between two looks. A storm that is seen a minute late has cost a handful of changes, which the budgets bound. */
const every = 60;

interface Healthy {
  readonly name: string;
  workloadHealth(signal: AbortSignal): Promise<WorkloadHealth | undefined>;
}

interface Options {
  readonly clusters: readonly Healthy[];
  readonly store: Pick<Store, 'noteHealth'>;
  readonly line: () => StormLine;
  readonly log: Log;
}

/**
 * Looks how many workloads of the cluster are unhealthy: what takes many at once has one cause, which no restart mends, and
 * alerts about it come minutes later.
 */
export function watchShare(options: Options): Routine {
  return {
    name: 'health',
    everySeconds: every,
    firstAfterSeconds: every,
    run: async (_last, signal) => {
      const seen = await Promise.all(options.clusters.map((cluster) => look(options, cluster, signal)));
      return { result: asJson(seen), lines: [] };
    },
  };
}

/** A cluster that does not answer says nothing about itself, and keeps nobody from looking at the others. */
async function look({ store, line, log }: Options, cluster: Healthy, signal: AbortSignal) {
  const { name } = cluster;
  const found = await cluster.workloadHealth(signal).catch((fault: unknown) => {
    if (fault instanceof ClusterFault) return undefined;
    throw fault;
  });
  if (found === undefined) {
    log.warn({ cluster: name }, 'How many workloads are unhealthy could not be seen');
    return { cluster: name, workloads: null, unhealthy: null };
  }
  const { workloads, unhealthy } = found;
  const keys = unhealthy.map((target) => targetKey(name, target));
  await store.noteHealth({ cluster: name, workloads, unhealthy: keys }, line());
  return { cluster: name, workloads, unhealthy: keys.length };
}

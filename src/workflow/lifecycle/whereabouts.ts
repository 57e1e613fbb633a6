import type { Remediation } from '../../domain/remediation.ts';
import { clusterNamed, clustersOf } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import { type Cluster, ClusterFault } from '../ports.ts';

/**
 * Makes sure that a remediation is for the cluster at hand before anything is read or written for it: a database may be
 * shared, and a kubeconfig may be exchanged. Undefined: it is for another, and left to whoever is there. While the cluster
 * does not say which it is, it is asked for nothing else either, so that each state has its own patience with that.
 */
export async function atItsCluster(
  context: WorkflowContext,
  row: Remediation,
  signal: AbortSignal,
): Promise<WorkflowContext | undefined> {
  const all = clustersOf(context);
  const named = all.length === 1 ? all[0] : clusterNamed(context, row.cluster);
  if (named === undefined) return calledOtherwise(context, row, signal);
  const identity = await identityOf(named, signal);
  if (identity instanceof ClusterFault) return { ...context, cluster: withoutAnswers(named, identity) };
  const name = all.length === 1 ? undefined : named.name;
  const isIts = await context.store.belongsTo(row.id, identity, name);
  return isIts ? { ...context, cluster: named } : undefined;
}

/** Seconds for which work of another cluster is left to whoever is there, and work of one whose places are all taken. */
const [untilOthers, untilFree] = [5 * 60, 15];

/** What came of work at a cluster, or for how many seconds it is left. */
export type AtItsPlace<T> =
  | { readonly kind: 'done'; readonly came: T }
  | { readonly kind: 'left'; readonly seconds: number };

/**
 * Works for a remediation at its cluster, in one of the places that a cluster has: one that answers slowly does not hold up
 * what is to be done at the others.
 */
export async function inItsPlace<T>(
  context: WorkflowContext,
  row: Remediation,
  signal: AbortSignal,
  work: (here: WorkflowContext) => Promise<T>,
): Promise<AtItsPlace<T>> {
  const release = placeAt(context, row.cluster);
  if (release === undefined) return { kind: 'left', seconds: untilFree };
  try {
    const here = await atItsCluster(context, row, signal);
    return here === undefined
      ? { kind: 'left', seconds: untilOthers }
      : { kind: 'done', came: await work(here) };
  } finally {
    release();
  }
}

/** How to give back a place at a cluster; undefined while all are taken. One cluster alone has all that there are. */
export const placeAt = (
  { clusters }: Pick<WorkflowContext, 'clusters'>,
  name: string,
): (() => void) | undefined => (clusters === undefined ? free : clusters.enter(name));

const free = (): void => undefined;

/**
 * Of several, the one that it is for by its identity, where none has its name. What is called so and is another one by now is
 * never looked past: whoever exchanged them has to say what was meant.
 */
async function calledOtherwise(
  context: WorkflowContext,
  row: Remediation,
  signal: AbortSignal,
): Promise<WorkflowContext | undefined> {
  const its = await Promise.all(
    clustersOf(context).map(async (cluster) => {
      const identity = await identityOf(cluster, signal);
      if (identity === undefined || identity instanceof ClusterFault) return [];
      return (await context.store.belongsTo(row.id, identity, cluster.name)) ? [cluster] : [];
    }),
  );
  const [cluster] = its.flat();
  return cluster === undefined ? undefined : { ...context, cluster };
}

function identityOf(cluster: Cluster, signal: AbortSignal): Promise<string | undefined | ClusterFault> {
  return cluster.identity(signal).catch((fault: unknown) => {
    if (fault instanceof ClusterFault) return fault;
    throw fault;
  });
}

function withoutAnswers({ name }: Cluster, fault: ClusterFault): Cluster {
  const fail = (): Promise<never> => Promise.reject(fault);
  return {
    name,
    identity: fail,
    gather: fail,
    select: fail,
    dryRun: fail,
    apply: fail,
    applied: fail,
    observe: fail,
    drifted: fail,
    suspension: fail,
    suspensionEnd: fail,
    read: fail,
    diagnose: fail,
    evidence: fail,
    resembling: fail,
    ownerOf: fail,
  };
}

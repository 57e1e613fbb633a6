import type { Remediation } from '../../domain/remediation.ts';
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
  const identity = await context.cluster.identity(signal).catch((fault: unknown) => {
    if (fault instanceof ClusterFault) return fault;
    throw fault;
  });
  if (identity instanceof ClusterFault)
    return { ...context, cluster: withoutAnswers(context.cluster, identity) };
  return (await context.store.belongsTo(row.id, identity)) ? context : undefined;
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
    read: fail,
    diagnose: fail,
    evidence: fail,
    resembling: fail,
    ownerOf: fail,
  };
}

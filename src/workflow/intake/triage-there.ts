import type { Incident } from '../../domain/incidents/incident.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { alertCluster, isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import type { Cluster } from '../ports.ts';
import type { Triage } from '../proposal.ts';
import { type Triaging, triage } from './triage.ts';

/** What an alert is triaged with, whichever of several clusters it is about. */
type Anywhere = Triaging & Pick<WorkflowContext, 'cluster' | 'clusters'>;

/** The name of the cluster that is asked about an incident's alert; undefined where none is. */
export function clusterFor(context: Anywhere, { alert }: Incident): string | undefined {
  const found = alert && alertCluster(context, alert);
  return found?.kind === 'cluster' ? found.cluster.name : undefined;
}

/**
 * Triages an alert at the cluster that it is about. One that names a cluster that is none of ours proposes nothing: it is
 * never taken for the default.
 *
 * @param there the cluster as it is asked; as it is unless told
 * @throws ClusterFault while asking the cluster again makes sense
 */
export async function triageThere(
  context: Anywhere,
  incident: Incident,
  attempt: number,
  signal: AbortSignal,
  there: (cluster: Cluster) => Cluster = (cluster) => cluster,
): Promise<Triage> {
  const { alert } = incident;
  if (alert === undefined) return triage(context, incident, attempt, signal);
  const found = alertCluster(context, alert);
  if (found.kind === 'unknown') return { kind: 'no_action', reason: cut(redact(found.reason), 400) };
  const cluster = there(found.cluster);
  const triaged = await triage({ ...context, cluster }, incident, attempt, signal);
  if (triaged.kind !== 'proposal' || !isOneOfSeveral(context)) return triaged;
  return { ...triaged, proposal: { ...triaged.proposal, cluster: cluster.name } };
}

import type { Alert } from '../domain/incidents/incident.ts';
import { clusterOfAlert, clusterOfChannel } from '../domain/policy/in-cluster.ts';
import type { WorkflowContext } from './context.ts';
import type { Cluster } from './ports.ts';

type Asking = Pick<WorkflowContext, 'cluster' | 'clusters'>;

/** All of them; where nothing else is said, the one at hand. */
export const clustersOf = ({ cluster, clusters }: Asking): readonly [Cluster, ...Cluster[]] =>
  clusters?.all ?? [cluster];

export const isOneOfSeveral = (context: Asking): boolean => clustersOf(context).length > 1;

export const clusterNamed = (context: Asking, name: string): Cluster | undefined =>
  clustersOf(context).find((each) => each.name === name);

/** The cluster of a command that names none. */
export const usualCluster = (
  context: Asking & Pick<WorkflowContext, 'policy'>,
  channel: string | undefined,
): Cluster =>
  clusterNamed(context, clusterOfChannel(context.policy(), channel) ?? '') ?? clustersOf(context)[0];

/** The cluster that an alert is about, or why that is not known. */
export function alertCluster(
  context: Asking & Pick<WorkflowContext, 'policy'>,
  alert: Alert,
):
  | { readonly kind: 'cluster'; readonly cluster: Cluster }
  | { readonly kind: 'unknown'; readonly reason: string } {
  const found = clusterOfAlert(context.policy(), alert);
  const [usual] = clustersOf(context);
  if (found.kind === 'cluster' && found.name === undefined) return { kind: 'cluster', cluster: usual };
  const said = found.kind === 'cluster' ? (found.name ?? '') : found.said;
  const cluster = found.kind === 'cluster' ? clusterNamed(context, said) : undefined;
  return cluster === undefined
    ? { kind: 'unknown', reason: unknownCluster(said, clustersOf(context)) }
    : { kind: 'cluster', cluster };
}

/** One sentence with the names that there are. */
export const unknownCluster = (said: string, all: readonly Pick<Cluster, 'name'>[]): string =>
  `There is no cluster "${said}" here; there ${all.length === 1 ? 'is' : 'are'} ${all.map(({ name }) => name).join(', ')}.`;

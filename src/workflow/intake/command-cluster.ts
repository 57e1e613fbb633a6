import { forCluster } from '../../stages/intake/cluster-choice.ts';
import { clusterNamed, clustersOf, isOneOfSeveral, usualCluster } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import type { Cluster } from '../ports.ts';

/** The names of several clusters, of which a command says one. */
export const choices = (context: WorkflowContext): readonly string[] =>
  isOneOfSeveral(context) ? clustersOf(context).map(({ name }) => name) : [];

/** The cluster that a command is for: what it says, else that of the channel, else the default. */
export const clusterFor = (
  context: WorkflowContext,
  cluster: string | undefined,
  channel: string | undefined,
): Cluster =>
  (cluster === undefined ? undefined : clusterNamed(context, cluster)) ?? usualCluster(context, channel);

/** A command as it can be typed again, for the same cluster. */
export const again = (context: WorkflowContext, command: string, { name }: Pick<Cluster, 'name'>): string =>
  forCluster(command, isOneOfSeveral(context) ? name : undefined);

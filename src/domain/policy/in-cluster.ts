import type { Alert } from '../incidents/incident.ts';
import type { ClusterPolicy } from './clusters.ts';
import type { Policy } from './policy.ts';

type Clusters = Readonly<Record<string, ClusterPolicy>>;

/** A name may be one that every object has. */
export const ofCluster = (clusters: Clusters, name: string): ClusterPolicy | undefined =>
  Object.hasOwn(clusters, name) ? clusters[name] : undefined;

/** The policy as it holds in a cluster. Of one that it says nothing else of, and of its own result, the same again. */
export function policyFor<T extends Ruled>(policy: T, cluster: string): T {
  const own = ofCluster(policy.clusters, cluster);
  if (own === undefined) return policy;
  const { requesters: askers, approvers: agreeing, freezes, ...rest } = own;
  if (askers === undefined && agreeing === undefined && freezes === undefined) return policy;
  const { human = policy.approvers.human, dual = policy.approvers.dual } = agreeing ?? {};
  return {
    ...policy,
    ...(askers === undefined ? {} : { requesters: askers }),
    approvers: { human, dual },
    ...(freezes === undefined ? {} : { freezes, freezesFrom: `clusters.${cluster}.freezes` }),
    clusters: { ...policy.clusters, [cluster]: rest },
  };
}

/** What the cluster of a row is called by now: it may have been looked at under another name since that was written. */
export const nameNow = (
  { clusterNames }: Pick<Policy, 'clusterNames'>,
  written: string,
  looked: string | undefined,
): string => (clusterNames?.includes(written) === false ? (looked ?? written) : written);

type Ruled = Pick<Policy, 'clusters' | 'requesters' | 'approvers' | 'freezes' | 'freezesFrom'>;

type Choosing = Pick<Policy, 'clusters' | 'clusterNames'>;

/** The cluster of a command that names none: by the channel that it was typed in, else the default; undefined where there is one alone. */
export function clusterOfChannel(
  { clusters, clusterNames }: Choosing,
  channel: string | undefined,
): string | undefined {
  if (clusterNames === undefined) return undefined;
  const chosen = clusterNames.find(
    (name) => channel !== undefined && ofCluster(clusters, name)?.channels.includes(channel),
  );
  return chosen ?? clusterNames[0];
}

/** `unknown`: the alert says a cluster that is none of those that there are. */
export type AlertCluster =
  | { readonly kind: 'cluster'; readonly name: string | undefined }
  | { readonly kind: 'unknown'; readonly said: string };

/**
 * The cluster that an alert is about: by its label, else by its source, else the default. A label with a name that nobody
 * knows is never taken for the default. Without a name where there is one cluster alone: then labels have no say.
 */
export function clusterOfAlert(
  { clusters, clusterNames, alertClusterLabel }: Choosing & Pick<Policy, 'alertClusterLabel'>,
  { labels, source }: Pick<Alert, 'labels' | 'source'>,
): AlertCluster {
  if (clusterNames === undefined) return { kind: 'cluster', name: undefined };
  const said = Object.hasOwn(labels, alertClusterLabel) ? labels[alertClusterLabel] : undefined;
  if (said !== undefined && said !== '') {
    const meant = clusterNames.find(
      (name) => name === said || ofCluster(clusters, name)?.alerts.labels.includes(said),
    );
    return meant === undefined ? { kind: 'unknown', said } : { kind: 'cluster', name: meant };
  }
  const bySource = clusterNames.find((name) => ofCluster(clusters, name)?.alerts.sources.includes(source));
  return { kind: 'cluster', name: bySource ?? clusterNames[0] };
}

/** No name of a cluster and no environment of a policy has this in it. */
const between = ': ';

/** An environment of one of several clusters. */
export const ofOneCluster = (cluster: string, environment: string): string =>
  `${cluster}${between}${environment}`;

/** Whether an environment's name is of one of several clusters. */
export const isOfOneCluster = (environment: string): boolean => environment.includes(between);

/** The two that such a name is made of; any other is an environment of the policy's own. */
export function withinCluster(environment: string): {
  readonly cluster?: string;
  readonly name: string;
} {
  const at = environment.indexOf(between);
  if (at < 0) return { name: environment };
  return { cluster: environment.slice(0, at), name: environment.slice(at + between.length) };
}

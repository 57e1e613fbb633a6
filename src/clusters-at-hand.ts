import type { KubernetesCluster } from './adapters/kubernetes/cluster.ts';
import { createClusters, type OpenClusters } from './adapters/kubernetes/clusters.ts';
import { ConfigFault } from './config-fault.ts';
import type { Alert } from './domain/incidents/incident.ts';
import { clusterOfAlert } from './domain/policy/in-cluster.ts';
import type { Policy } from './domain/policy/policy.ts';
import { strangeClusters, strangeToOne } from './policy/check.ts';
import type { PolicySource } from './policy/reload.ts';
import type { Clock, Log } from './workflow/ports.ts';

/** The clusters that a replica acts on: one, which is as if there were no others, or several. */
export interface ClustersAtHand {
  /** The default. */
  readonly cluster: KubernetesCluster;
  readonly all: readonly KubernetesCluster[];
  readonly several?: OpenClusters;
  /** The policy as it is judged by: it knows the names of several. */
  readonly policyOf: (policy: Policy) => Policy;
  /** Which cluster it is that is called so, once it has said so. */
  readonly identity: (name: string) => string | undefined;
  stop(): Promise<void>;
}

/** Opens them one after the other; what was opened is left to `opened`. */
export async function openClusters(
  open: readonly (() => Promise<KubernetesCluster>)[],
  opened: (cluster: KubernetesCluster) => void,
  options: { readonly places: number; readonly log: Log; readonly clock: Clock },
): Promise<ClustersAtHand> {
  const ports: KubernetesCluster[] = [];
  for (const each of open) {
    const port = await each();
    opened(port);
    if (ports.some(({ name }) => name === port.name))
      throw new ConfigFault([`Two clusters are named "${port.name}"; names must differ.`]);
    ports.push(port);
  }
  const [first, ...others] = ports;
  if (first === undefined) throw new ConfigFault(['No cluster is configured.']);
  return others.length === 0 ? one(first) : several(createClusters([first, ...others], options));
}

const one = (cluster: KubernetesCluster): ClustersAtHand => ({
  cluster,
  all: [cluster],
  policyOf: (policy) => policy,
  identity: () => cluster.knownIdentity(),
  stop: async () => undefined,
});

function several(clusters: OpenClusters): ClustersAtHand {
  const { all } = clusters;
  const [cluster, ...others] = all;
  const clusterNames = [cluster.name, ...others.map(({ name }) => name)] as const;
  const known = new WeakMap<Policy, Policy>();
  return {
    cluster,
    all,
    several: clusters,
    policyOf: (policy) => {
      const found = known.get(policy) ?? { ...policy, clusterNames };
      known.set(policy, found);
      return found;
    },
    identity: (name) => all.find((each) => each.name === name)?.knownIdentity(),
    stop: () => clusters.stop(),
  };
}

/** What a database is told of several: their names, and which of them an alert is about. */
export function severalFor({ several: clusters, policyOf, cluster }: ClustersAtHand, policy: () => Policy) {
  if (clusters === undefined) return {};
  const clusterOf = (alert: Alert): string => {
    const found = clusterOfAlert(policyOf(policy()), alert);
    return found.kind === 'unknown' ? found.said : (found.name ?? cluster.name);
  };
  return { clusters: clusters.all.map(({ name }) => name), clusterOf };
}

/**
 * The source of a policy that must not speak of clusters that are none of several, nor keep an entry to another than the one
 * that is here: what it says of them would hold nowhere, and that of the one that was meant would be what holds everywhere.
 *
 * @throws ConfigFault when the policy at hand does
 */
export function checkedForClusters(
  { all }: { readonly all: readonly Pick<KubernetesCluster, 'name'>[] },
  policy: Policy,
  source: PolicySource | undefined,
): PolicySource | undefined {
  const [own = '', ...others] = all.map(({ name }) => name);
  const checked = (read: Policy): Policy => {
    const strange = others.length === 0 ? strangeToOne(read, own) : strangeClusters(read, [own, ...others]);
    if (strange.length > 0)
      throw new ConfigFault(strange.map((each) => `${source?.file ?? 'policy.yaml'}: ${each}`));
    return read;
  };
  checked(policy);
  return source && { ...source, read: () => checked(source.read()) };
}

/** An alert that a cluster tells of itself says which it is. */
export const toldBy = (
  { several: clusters, policyOf }: ClustersAtHand,
  { name }: KubernetesCluster,
  policy: () => Policy,
  alerts: readonly Alert[],
): readonly Alert[] =>
  clusters === undefined
    ? alerts
    : alerts.map((alert) => ({
        ...alert,
        labels: { ...alert.labels, [policyOf(policy()).alertClusterLabel]: name },
      }));

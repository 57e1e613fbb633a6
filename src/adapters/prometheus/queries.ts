/** A chart that is wanted: each series a query that gives one value for each instant. */
export interface Wanted {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly { readonly name: string; readonly query: string }[];
}

/** A string of PromQL, in which nothing means anything (prometheus.io, "Querying basics": as Go's, which JSON's are). */
const quoted = (text: string): string => JSON.stringify(text);

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** How kube-state-metrics names what a workload has and wants. */
const replicas: Readonly<Record<string, readonly [label: string, ready: string, wanted: string]>> = {
  Deployment: ['deployment', 'kube_deployment_status_replicas_ready', 'kube_deployment_spec_replicas'],
  StatefulSet: ['statefulset', 'kube_statefulset_status_replicas_ready', 'kube_statefulset_replicas'],
  DaemonSet: [
    'daemonset',
    'kube_daemonset_status_number_ready',
    'kube_daemonset_status_desired_number_scheduled',
  ],
};

/** What Kubernetes makes up for names (apimachinery, util/rand: "alphanums"): no vowels, so that hardly a word is one. */
const madeUp = '[bcdfghjklmnpqrstvwxz2456789]';

/** How the names of a workload's pods go on, so that those of `web-api` are not taken for those of `web`. */
const podsOf: Readonly<Record<string, string>> = {
  Deployment: `-${madeUp}{1,10}-${madeUp}{5}`,
  StatefulSet: '-[0-9]+',
  DaemonSet: `-${madeUp}{5}`,
};

/**
 * What is looked at of an object of a kind, what matters most first: metrics of kube-state-metrics, cAdvisor and the kubelet as
 * the alerts of kubernetes-mixin use them (KubePodCrashLooping, KubeDeploymentReplicasMismatch, CPUThrottlingHigh,
 * KubePersistentVolumeFillingUp).
 */
export function queriesFor(kind: string, namespace: string, name: string): readonly Wanted[] {
  const inside = `namespace=${quoted(namespace)}`;
  if (kind === 'PersistentVolumeClaim') return [volumeOf(`${inside},persistentvolumeclaim=${quoted(name)}`)];
  const found = replicas[kind];
  const pods = quoted(`${literal(name)}${podsOf[kind] ?? ''}`);
  if (found === undefined && kind !== 'Pod') return [];
  const own = `${inside},pod=~${pods}`;
  return [...(found === undefined ? [] : [readyOf(found, inside, name)]), restartsOf(own), loadOf(own)];
}

function readyOf(
  [label, ready, wanted]: readonly [string, string, string],
  inside: string,
  name: string,
): Wanted {
  const own = `{${inside},${label}=${quoted(name)}}`;
  return {
    title: 'Ready pods',
    unit: 'pods',
    series: [
      { name: 'ready', query: `max(${ready}${own})` },
      { name: 'wanted', query: `max(${wanted}${own})` },
    ],
  };
}

const restartsOf = (own: string): Wanted => ({
  title: 'Restarts in 5 min',
  unit: 'restarts',
  series: [
    { name: 'restarts', query: `sum(increase(kube_pod_container_status_restarts_total{${own}}[5m]))` },
  ],
});

function loadOf(own: string): Wanted {
  const container = `{${own},container!=""}`;
  // Several that are scraped for the same, as kube-state-metrics in two copies is, would be no match at all.
  const each = (metric: string) => `max by (namespace, pod, container) (${metric})`;
  const limit = each(`kube_pod_container_resource_limits{${own},resource="memory"}`);
  const throttled = `sum(increase(container_cpu_cfs_throttled_periods_total${container}[5m]))`;
  return {
    title: 'CPU throttled, and memory of its limit',
    unit: '%',
    series: [
      {
        name: 'throttled',
        query: `100 * ${throttled} / sum(increase(container_cpu_cfs_periods_total${container}[5m]))`,
      },
      {
        name: 'memory',
        query: `100 * max(${each(`container_memory_working_set_bytes${container}`)} / ${limit})`,
      },
    ],
  };
}

const volumeOf = (own: string): Wanted => ({
  title: 'Volume used',
  unit: '%',
  series: [
    {
      name: 'used',
      query: `100 * max(kubelet_volume_stats_used_bytes{${own}} / kubelet_volume_stats_capacity_bytes{${own}})`,
    },
  ],
});

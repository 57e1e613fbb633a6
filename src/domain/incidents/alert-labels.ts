import type { Alert } from './incident.ts';

/**
 * The attributes by which OpenTelemetry names the objects of a cluster (semantic conventions, "Kubernetes"), by the labels of
 * kube-state-metrics. Prometheus writes their dots as `_` unless it takes UTF-8 names.
 */
const openTelemetry: ReadonlyMap<string, string> = new Map([
  ['namespace', 'k8s.namespace.name'],
  ['pod', 'k8s.pod.name'],
  ['deployment', 'k8s.deployment.name'],
  ['statefulset', 'k8s.statefulset.name'],
  ['daemonset', 'k8s.daemonset.name'],
  ['replicaset', 'k8s.replicaset.name'],
  ['job_name', 'k8s.job.name'],
  ['cronjob', 'k8s.cronjob.name'],
  ['horizontalpodautoscaler', 'k8s.hpa.name'],
  ['resourcequota', 'k8s.resourcequota.name'],
  ['node', 'k8s.node.name'],
]);

/** A label as it was sent; an empty one is none. */
export function sentLabel(alert: Pick<Alert, 'labels'>, name: string): string | undefined {
  const value = Object.hasOwn(alert.labels, name) ? alert.labels[name] : undefined;
  return value === '' ? undefined : value;
}

/**
 * A label of what the metric is about and not of what was scraped: Prometheus calls it `exported_...` where the two collide
 * (prometheus.io, "honor_labels"), and what OpenTelemetry collected has names of its own.
 */
export function exportedLabel(alert: Pick<Alert, 'labels'>, name: string): string | undefined {
  const attribute = openTelemetry.get(name);
  const collected =
    attribute === undefined || isOfTheScraped(alert)
      ? undefined
      : (sentLabel(alert, attribute.replaceAll('.', '_')) ?? sentLabel(alert, attribute));
  return sentLabel(alert, `exported_${name}`) ?? collected;
}

/** The same, else the label itself. */
export function labelOf(alert: Pick<Alert, 'labels'>, name: string): string | undefined {
  return exportedLabel(alert, name) ?? sentLabel(alert, name);
}

/** Names of programs that tell of others, as charts and operators name their pods. */
export const exporter =
  /(?:^|[-/])(?:kube-state-metrics|[a-z0-9-]*exporter|pushgateway|cadvisor|blackbox|metrics-server|node-problem-detector|ceph-mgr)(?:-|$)/;

/** Labels that only the metric itself sets. */
const ofTheMetric = [
  'deployment',
  'statefulset',
  'daemonset',
  'job_name',
  'cronjob',
  'horizontalpodautoscaler',
  'workload',
];

/** OpenTelemetry's receiver for Prometheus names what it scraped by the same attributes: kube-state-metrics, not what it tells of. */
function isOfTheScraped(alert: Pick<Alert, 'labels'>): boolean {
  const pod = sentLabel(alert, 'k8s_pod_name') ?? sentLabel(alert, 'k8s.pod.name') ?? '';
  if (exporter.test(pod)) return true;
  // An application's own metric may have such a label, too, but no namespace.
  return (
    sentLabel(alert, 'namespace') !== undefined &&
    ofTheMetric.some((name) => sentLabel(alert, name) !== undefined)
  );
}

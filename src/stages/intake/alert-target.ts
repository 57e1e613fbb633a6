import { labelName, objectName, type Target } from '../../domain/action.ts';
import {
  exportedLabel,
  exporter,
  labelOf as label,
  sentLabel as own,
} from '../../domain/incidents/alert-labels.ts';
import type { Alert } from '../../domain/incidents/incident.ts';
import { alertName } from '../../domain/incidents/incident.ts';

/** What an alert is about. A pod or a ReplicaSet still has to be followed to what owns it. */
export type AlertTarget =
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: string }
  | { readonly kind: 'replicaSet'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'object'; readonly target: Exclude<Target, { kind: 'Pod' | 'Node' }> }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Labels that name an object, as kube-state-metrics writes them. A Job is `job_name`, because `job` is Prometheus' own
 * word for what it scraped.
 */
const objects = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['job_name', 'Job'],
  ['cronjob', 'CronJob'],
  ['horizontalpodautoscaler', 'HorizontalPodAutoscaler'],
] as const;
type Kind = (typeof objects)[number][1];

/** `workload_type` of the recording rule namespace_workload_pod:kube_pod_owner:relabel (kubernetes-mixin, rules/apps.libsonnet). */
const workloadTypes: ReadonlyMap<string, Kind> = new Map([
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['job', 'Job'],
]);

/** Objects that alerts name and that no action exists for; a `pod` label beside them is not what failed. */
const others = ['poddisruptionbudget', 'persistentvolumeclaim', 'persistentvolume', 'resourcequota'];

const nodeConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

const none = (reason: string): AlertTarget => ({ kind: 'none', reason });

/**
 * Finds the target in labels as kubernetes-mixin's rules set them. Prometheus adds the labels of what it *scraped*
 * (`namespace`, `pod`, `container`) to the metrics; where they collide, the metric's own become `exported_namespace`,
 * `exported_pod` (prometheus.io, "honor_labels"); what OpenTelemetry collected is `k8s_pod_name`. So an exported label is the
 * truth, an object or node named beside a pod wins, and the pod of an exporter is not what failed because it is the one that told.
 */
export function targetOf(alert: Alert): AlertTarget {
  const outbound = outboundToldOf(alert);
  if (outbound !== undefined) return none(outbound);
  const other = others.find((name) => label(alert, name) !== undefined);
  const object = objects.find(([name]) => label(alert, name) !== undefined);
  if (object !== undefined) return objectTarget(alert, object);
  if (other !== undefined) return none(`The alert is about a ${other} and no action exists for one.`);
  const named = workloadTarget(alert);
  if (named !== undefined) return named;
  const pod = podOf(alert);
  const isTold = pod !== undefined && isMessenger(alert, pod.name);
  const node = label(alert, 'node') ?? own(alert, 'kubernetes_node');
  if (node !== undefined && (isAboutNode(alert) || isTold || pod === undefined)) return nodeTarget(node);
  const replicaSet = label(alert, 'replicaset');
  if (replicaSet !== undefined && (isTold || pod === undefined)) return replicaSetTarget(alert, replicaSet);
  if (isTold) return none(messengerSentence(pod.name));
  const traffic = pod === undefined ? destinationOf(alert) : trafficToldBy(alert, pod);
  return traffic === undefined ? podTarget(pod) : none(traffic);
}

/**
 * What an alert is about, in a few words for a list: `shop/web`, `shop/web-*` for the pods of one owner, `node worker-1`.
 * Pods are told by their names alone: the ends that controllers give them are left out, so that those of one owner count
 * together.
 */
export function subjectOf(alert: Alert): string {
  const found = targetOf(alert);
  switch (found.kind) {
    case 'object':
      return `${found.target.namespace}/${found.target.name}`;
    case 'pod':
      return `${found.namespace}/${found.pod.replace(podEnding, '-*')}`;
    case 'replicaSet':
      return `${found.namespace}/${found.name}`;
    case 'node':
      return `node ${found.name}`;
    case 'none':
      return label(alert, 'namespace') ?? 'no object';
  }
}

/**
 * The ends of pod names: the template's hash and five characters of a Deployment's, five of a DaemonSet's, an ordinal
 * (k8s.io/apimachinery, pkg/util/rand: no vowels, and 4 to 9 of the digits).
 */
const podEnding = /(-[0-9a-f]{6,10})?-([bcdfghjklmnpqrstvwxz2456789]{5}|\d+)$/;

interface PodLabels {
  readonly name: string;
  readonly namespace: string | undefined;
}

/**
 * The pod the metric is about: a plain `pod` beside `exported_namespace` is the exporter's own. `pod_name` is cAdvisor's
 * label before Kubernetes 1.16; `kubernetes_pod_name` is what the scrape configuration of Prometheus' own example sets.
 */
function podOf(alert: Alert): PodLabels | undefined {
  const exported = exportedLabel(alert, 'pod');
  const namespace = label(alert, 'namespace');
  if (exported !== undefined) return { name: exported, namespace };
  if (exportedLabel(alert, 'namespace') !== undefined) return undefined;
  const plain = own(alert, 'pod') ?? own(alert, 'pod_name');
  if (plain !== undefined) return { name: plain, namespace };
  const scraped = own(alert, 'kubernetes_pod_name') ?? own(alert, 'kubernetes_pod');
  if (scraped === undefined) return undefined;
  return { name: scraped, namespace: own(alert, 'kubernetes_namespace') ?? namespace };
}

/** Whether a pod is named because it told: it is an exporter's, and no other exporter told of it. */
function isMessenger(alert: Alert, pod: string): boolean {
  if (exportedLabel(alert, 'pod') !== undefined || !exporter.test(pod)) return false;
  const job = own(alert, 'job')?.split('/').at(-1);
  // What the kubelet tells of an exporter's pod is about that pod.
  if (job === 'kubelet') return false;
  return job === undefined || !exporter.test(job) || pod.includes(job);
}

/**
 * What is said where a mesh tells of traffic between two workloads and the pod is not the one that it goes to: the sender's proxy,
 * a waypoint or an agent of the node (istio.io, "Istio Standard Metrics"; Cilium's Hubble has the same labels). Which of the two
 * failed is not known.
 */
function trafficToldBy(alert: Alert, pod: PodLabels): string | undefined {
  const to = own(alert, 'destination_workload');
  if (to === undefined) return undefined;
  const reporter = own(alert, 'reporter') ?? 'destination';
  const place = own(alert, 'destination_workload_namespace') ?? pod.namespace;
  if (reporter === 'destination' && place === pod.namespace && pod.name.startsWith(`${to}-`))
    return undefined;
  return trafficSentence(to, `its pod ${shown(pod.name)}`);
}

/** What is said where a mesh tells of what a workload is sent, and names the workload without its kind or a pod of it. */
function destinationOf(alert: Alert): string | undefined {
  const to = own(alert, 'destination_workload');
  if (to === undefined) return undefined;
  return `The alert names the destination_workload ${shown(to)} but not of which kind it is. A label that names it is missing, such as deployment or pod.`;
}

/**
 * What is said where Linkerd's proxy tells of what its own workload sends: the labels without `dst_` are the sender's (linkerd.io,
 * "Proxy Metrics").
 */
function outboundToldOf(alert: Alert): string | undefined {
  if (own(alert, 'direction') !== 'outbound') return undefined;
  const to = outboundLabels.map((name) => own(alert, name)).find((value) => value !== undefined);
  return to === undefined ? undefined : trafficSentence(to, 'the workload that it names');
}

/** Of those that Linkerd sets, the ones that name what is sent to. */
const outboundLabels = [
  ...['dst_deployment', 'dst_statefulset', 'dst_daemonset', 'dst_job', 'dst_replicaset'],
  ...['dst_replicationcontroller', 'dst_pod', 'dst_service'],
];

const trafficSentence = (to: string, teller: string): string =>
  `The alert is about what is sent to ${shown(to)}, and ${teller} only tells of it. Which of the two failed is not said.`;

const messengerSentence = (pod: string): string =>
  `The alert's pod ${shown(pod)} is the exporter that told of it, not what failed. A label that names what failed is missing, such as deployment, exported_pod or node.`;

/** Conditions and taints are a node's, and so is what is named after it; other metrics carry `node` only to say where a pod runs. */
function isAboutNode(alert: Alert): boolean {
  const condition = own(alert, 'condition');
  const tainted = own(alert, 'key') !== undefined && own(alert, 'effect') !== undefined;
  const isNamedSo = /^(?:Kube)?Node[A-Z]/.test(alertName(alert));
  return tainted || isNamedSo || (condition !== undefined && nodeConditions.includes(condition));
}

function objectTarget(alert: Alert, [name, kind]: (typeof objects)[number]): AlertTarget {
  return named(alert, { label: name, kind }, label(alert, name) ?? '');
}

function named(
  alert: Alert,
  { label: name, kind }: { label: string; kind: Kind },
  value: string,
): AlertTarget {
  const namespace = label(alert, 'namespace');
  if (namespace === undefined) return none(`The alert names the ${name} ${shown(value)} but no namespace.`);
  return (
    invalidNamespace(namespace) ??
    invalidName(name, value) ?? { kind: 'object', target: { kind, namespace, name: value } }
  );
}

/** `workload` says what only beside `workload_type`. */
function workloadTarget(alert: Alert): AlertTarget | undefined {
  const value = label(alert, 'workload');
  const type = label(alert, 'workload_type')?.toLowerCase();
  if (value === undefined || type === undefined) return undefined;
  const kind = workloadTypes.get(type);
  if (kind !== undefined) return named(alert, { label: 'workload', kind }, value);
  return type === 'replicaset'
    ? replicaSetTarget(alert, value)
    : none(`The alert is about a ${shown(type)} and no action exists for one.`);
}

function replicaSetTarget(alert: Alert, name: string): AlertTarget {
  const namespace = label(alert, 'namespace');
  if (namespace === undefined) return none(`The alert names the replicaset ${shown(name)} but no namespace.`);
  return (
    invalidNamespace(namespace) ?? invalidName('replicaset', name) ?? { kind: 'replicaSet', namespace, name }
  );
}

function nodeTarget(name: string): AlertTarget {
  return invalidName('node', name) ?? { kind: 'node', name };
}

function podTarget(pod: PodLabels | undefined): AlertTarget {
  if (pod === undefined) return none('The alert names no object that an action exists for.');
  const { name, namespace } = pod;
  if (namespace === undefined) return none(`The alert names the pod ${shown(name)} but no namespace.`);
  return invalidNamespace(namespace) ?? invalidName('pod', name) ?? { kind: 'pod', namespace, pod: name };
}

function invalidNamespace(value: string): AlertTarget | undefined {
  return labelName.safeParse(value).success
    ? undefined
    : none(`The alert's label namespace is not a Kubernetes name: ${shown(value)}.`);
}

function invalidName(name: string, value: string): AlertTarget | undefined {
  return objectName.safeParse(value).success
    ? undefined
    : none(`The alert's label ${name} is not a Kubernetes name: ${shown(value)}.`);
}

/** Untrusted text, quoted and cut, for a sentence. */
function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}

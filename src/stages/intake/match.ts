import { labelName, objectName, type Target } from '../../domain/action.ts';
import type { Alert } from '../../domain/incidents/incident.ts';
import type { Playbook } from '../../domain/incidents/playbook.ts';

/**
 * The playbook for an alert: all its labels must be there with one of its values, exactly. The most specific wins:
 * most labels, then the name that sorts first. A playbook without labels would match every alert and matches none.
 */
export function matchPlaybook(alert: Alert, playbooks: readonly Playbook[]): Playbook | undefined {
  const [best] = playbooks
    .filter((playbook) => matches(alert, playbook))
    .sort((a, b) => labelCount(b) - labelCount(a) || (a.name < b.name ? -1 : 1));
  return best;
}

const labelCount = (playbook: Playbook): number => Object.keys(playbook.match.labels).length;

function matches(alert: Alert, playbook: Playbook): boolean {
  const wanted = Object.entries(playbook.match.labels);
  return wanted.length > 0 && wanted.every(([label, value]) => has(alert, label, value));
}

function has(alert: Alert, label: string, wanted: string | readonly string[]): boolean {
  if (!Object.hasOwn(alert.labels, label)) return false;
  const value = alert.labels[label];
  return typeof wanted === 'string' ? value === wanted : value !== undefined && wanted.includes(value);
}

/** What an alert is about. A pod still has to be followed to what owns it. */
export type AlertTarget =
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: string }
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

/** Objects that alerts name and that no action exists for; a `pod` label beside them is not what failed. */
const others = ['poddisruptionbudget', 'persistentvolumeclaim', 'persistentvolume'];

const nodeConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

const none = (reason: string): AlertTarget => ({ kind: 'none', reason });

/**
 * Finds the target in labels as kubernetes-mixin's rules set them. Prometheus adds the labels of the *exporter*
 * (`namespace`, `pod`, `container`) to what it scrapes from it; where they collide, the metric's own become
 * `exported_namespace`, `exported_pod` (prometheus.io, "honor_labels"). So an exported label is the truth, a plain
 * one beside exported ones may be kube-state-metrics itself, and an object or node named beside a pod wins.
 */
export function targetOf(alert: Alert): AlertTarget {
  const other = others.find((name) => label(alert, name) !== undefined);
  const object = objects.find(([name]) => label(alert, name) !== undefined);
  if (object !== undefined) return objectTarget(alert, object);
  if (other !== undefined) return none(`The alert is about a ${other} and no action exists for one.`);
  const node = label(alert, 'node');
  if (node !== undefined && (isAboutNode(alert) || podOf(alert) === undefined)) return nodeTarget(node);
  return podTarget(alert);
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

function label(alert: Alert, name: string): string | undefined {
  return own(alert, `exported_${name}`) ?? own(alert, name);
}

function own(alert: Alert, name: string): string | undefined {
  const value = Object.hasOwn(alert.labels, name) ? alert.labels[name] : undefined;
  return value === '' ? undefined : value;
}

/** The pod the metric is about: a plain `pod` beside `exported_namespace` is the exporter's own. */
function podOf(alert: Alert): string | undefined {
  return own(alert, 'exported_pod') ?? (own(alert, 'exported_namespace') ? undefined : own(alert, 'pod'));
}

/** Conditions and taints are a node's; other metrics carry `node` only to say where a pod runs. */
function isAboutNode(alert: Alert): boolean {
  const condition = own(alert, 'condition');
  const tainted = own(alert, 'key') !== undefined && own(alert, 'effect') !== undefined;
  return tainted || (condition !== undefined && nodeConditions.includes(condition));
}

function objectTarget(alert: Alert, [name, kind]: (typeof objects)[number]): AlertTarget {
  const namespace = label(alert, 'namespace');
  const value = label(alert, name) ?? '';
  if (namespace === undefined) return none(`The alert names the ${name} ${shown(value)} but no namespace.`);
  return (
    invalidNamespace(namespace) ??
    invalidName(name, value) ?? { kind: 'object', target: { kind, namespace, name: value } }
  );
}

function nodeTarget(name: string): AlertTarget {
  return invalidName('node', name) ?? { kind: 'node', name };
}

function podTarget(alert: Alert): AlertTarget {
  const namespace = label(alert, 'namespace');
  const pod = podOf(alert);
  if (pod === undefined) return none('The alert names no object that an action exists for.');
  if (namespace === undefined) return none(`The alert names the pod ${shown(pod)} but no namespace.`);
  return invalidNamespace(namespace) ?? invalidName('pod', pod) ?? { kind: 'pod', namespace, pod };
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

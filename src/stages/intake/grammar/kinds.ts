import { either } from '../../../actions/grammar/display.ts';
import type { Word } from '../../../actions/grammar/word.ts';
import type { TargetKind } from '../../../domain/action.ts';

interface KindNames {
  readonly kind: TargetKind;
  /** Singular, plural and short name where it has one, as `kubectl api-resources` lists them. */
  readonly names: readonly [string, string, ...string[]];
  /** What may follow the name after a dot: the API group, with or without its version. */
  readonly groups: readonly string[];
}

/** Kubernetes' own names for the kinds an Action can have as its target (`kubectl api-resources`, 1.36). */
const KINDS: readonly KindNames[] = [
  { kind: 'Deployment', names: ['deployment', 'deployments', 'deploy'], groups: ['apps', 'v1.apps'] },
  { kind: 'StatefulSet', names: ['statefulset', 'statefulsets', 'sts'], groups: ['apps', 'v1.apps'] },
  { kind: 'DaemonSet', names: ['daemonset', 'daemonsets', 'ds'], groups: ['apps', 'v1.apps'] },
  { kind: 'Pod', names: ['pod', 'pods', 'po'], groups: [] },
  { kind: 'Node', names: ['node', 'nodes', 'no'], groups: [] },
  { kind: 'CronJob', names: ['cronjob', 'cronjobs', 'cj'], groups: ['batch', 'v1.batch'] },
  { kind: 'Job', names: ['job', 'jobs'], groups: ['batch', 'v1.batch'] },
  {
    kind: 'HorizontalPodAutoscaler',
    names: ['horizontalpodautoscaler', 'horizontalpodautoscalers', 'hpa'],
    groups: ['autoscaling', 'v1.autoscaling', 'v2.autoscaling'],
  },
];

const BY_NAME: ReadonlyMap<string, KindNames> = new Map(
  KINDS.flatMap((known) => known.names.map((name) => [name, known] as const)),
);

/** Kinds that no Action has as its target, with what an operator would do instead. */
const OTHER_KINDS: ReadonlyMap<string, string> = new Map([
  ['replicaset', 'A ReplicaSet belongs to its Deployment; name the Deployment.'],
  ['replicationcontroller', 'ReplicationControllers are not supported; they were replaced by Deployments.'],
  ['rollout', 'Argo Rollouts have their own controller and are not supported.'],
  ['service', 'Services are not supported.'],
  ['namespace', 'Whole namespaces are never a target.'],
  ['configmap', 'ConfigMaps are not supported.'],
  ['secret', 'Secrets are never a target.'],
  ['persistentvolumeclaim', 'Volume claims are never a target: they hold data.'],
  ['persistentvolume', 'Volumes are never a target: they hold data.'],
  ['ingress', 'Ingresses are not supported.'],
  ['serviceaccount', 'ServiceAccounts are not supported.'],
  ['poddisruptionbudget', 'PodDisruptionBudgets are not supported.'],
  ['customresourcedefinition', 'CustomResourceDefinitions are never a target.'],
  ['all', '"all" stands for many objects; name one.'],
]);

const OTHER_SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['rs', 'replicaset'],
  ['rc', 'replicationcontroller'],
  ['svc', 'service'],
  ['ns', 'namespace'],
  ['cm', 'configmap'],
  ['pvc', 'persistentvolumeclaim'],
  ['pv', 'persistentvolume'],
  ['ing', 'ingress'],
  ['ingresses', 'ingress'],
  ['sa', 'serviceaccount'],
  ['pdb', 'poddisruptionbudget'],
  ['crd', 'customresourcedefinition'],
]);

export const kindWords: readonly string[] = KINDS.flatMap(({ names }) => names);

/**
 * `deploy`, `Deployments`, `deployment.apps`, `deployment.v1.apps` -> Deployment. As in kubectl, case does not
 * matter and a group or version that the API no longer serves is not found.
 */
export function kindNamed(word: string): TargetKind | undefined {
  const [name, group] = splitGroup(word.toLowerCase());
  const found = BY_NAME.get(name);
  if (group === undefined) return found?.kind;
  return found?.groups.includes(group) ? found.kind : undefined;
}

/** The kind that a word for objects begins with: `deploy` or `deploy/web`. */
export function kindIn(word: Word | undefined): TargetKind | undefined {
  return word && kindNamed(word.text.replace(/\/.*/, ''));
}

/** A sentence about a kind that Kubernetes has and Firebreak does not act on; undefined for words that are no kind. Asked of none that `kindNamed` knows. */
export function whyNotTarget(word: string): string | undefined {
  const [name] = splitGroup(word.toLowerCase());
  const namesake = BY_NAME.get(name);
  if (namesake !== undefined) {
    const known = namesake.groups.length > 0 ? `, or write ${either(namesake.groups)}` : '';
    return `No other API group or version of that name is known here; leave it out${known}.`;
  }
  const singular = OTHER_SHORT_NAMES.get(name) ?? (OTHER_KINDS.has(name) ? name : withoutPluralEnding(name));
  return OTHER_KINDS.get(singular);
}

function withoutPluralEnding(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name;
}

function splitGroup(word: string): readonly [string, string | undefined] {
  const dot = word.indexOf('.');
  return dot === -1 ? [word, undefined] : [word.slice(0, dot), word.slice(dot + 1)];
}

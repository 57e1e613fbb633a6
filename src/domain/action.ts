import { z } from 'zod';
import { patchableField, patchableKinds } from './patchable.ts';
import {
  annotationValue,
  labelKey,
  labelSelector,
  labelValue,
  quantity,
  resourceNames,
  taintEffects,
  variableName,
  variableValue,
} from './values.ts';

/** A Kubernetes object name: RFC 1123 subdomain, at most 253 characters (kubernetes.io, "Object Names and IDs"). */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/,
    'must be a Kubernetes name: lower case letters, digits, "-" and "."',
  );

/** A namespace or container name: RFC 1123 label, at most 63 characters. */
export const labelName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a Kubernetes label: lower case letters, digits and "-"');

/**
 * An image as it may be stored: deliberately plain, no spaces, quotes, `$` or shell syntax. What `set image` takes has to be a
 * reference as well, which the verb asks for: what was stored before it did is still read.
 */
export const imageReference = z
  .string()
  .min(1)
  .max(512)
  .regex(
    // No `//`: a URL, which may carry a password, is no image.
    /^(?!.*\/\/)[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$/,
    'must be an image reference such as registry.example/app:1.2',
  );

/** Kubernetes stores replicas as int32. */
const replicaCount = z.number().int().min(0).max(2_147_483_647);

/** Objects that one command may name or select. More is a change to plan, not a repair to click. */
export const mostTargets = 20;

type Kinds = readonly [string, ...string[]];

const namespaced = <const K extends Kinds>(kinds: K) =>
  z.strictObject({ kind: z.enum(kinds), namespace: labelName, name: objectName });

/** Several objects of one kind and namespace: by name, or those that a label selector matches when they are judged. */
const several = <const K extends Kinds>(kinds: K) => {
  const kind = z.enum(kinds);
  return z.union([
    z.strictObject({ kind, namespace: labelName, names: z.array(objectName).min(2).max(mostTargets) }),
    z.strictObject({ kind, namespace: labelName, selector: labelSelector }),
  ]);
};

const node = z.strictObject({ kind: z.literal('Node'), name: objectName });

/** What each verb may act on, after what kubectl allows; see the commands in src/actions. */
export const rolloutKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export const scalableKinds = ['Deployment', 'StatefulSet'] as const;
export const jobKinds = ['CronJob', 'Job'] as const;
export const labelledKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'CronJob', 'Job'] as const;

const container = { containers: z.array(labelName).min(1).max(20).optional() };
const keys = z.array(labelKey).max(20);

const images = z
  .array(z.strictObject({ container: labelName, image: imageReference }))
  .min(1)
  .max(20);

/** A taint's identity is its key and effect (kubernetes.io, "Taints and Tolerations"). */
const taint = z.strictObject({ key: labelKey, value: labelValue.optional(), effect: z.enum(taintEffects) });
const untaint = z.strictObject({ key: labelKey, effect: z.enum(taintEffects).optional() });

const quantities = z.partialRecord(z.enum(resourceNames), quantity);

const patchedField = z.strictObject({ path: z.string().max(100), value: z.union([z.string(), z.number()]) });

/** What belongs to a verb besides its target. `overwrite`: a value that is there may be replaced. */
const details = {
  undo: {
    /** Revision to go back to; absent means the one before the live one. */
    toRevision: z.number().int().positive().optional(),
  },
  scale: {
    replicas: replicaCount,
    /** kubectl's `--current-replicas`: refuse unless this many are asked for now. */
    currentReplicas: replicaCount.optional(),
  },
  image: { images },
  drain: { ignoreDaemonSets: z.boolean(), deleteEmptyDirData: z.boolean(), force: z.boolean() },
  taint: { add: z.array(taint).max(10), remove: z.array(untaint).max(10), overwrite: z.boolean() },
  label: {
    set: z.array(z.strictObject({ key: labelKey, value: labelValue })).max(20),
    remove: keys,
    overwrite: z.boolean(),
  },
  annotate: {
    set: z.array(z.strictObject({ key: labelKey, value: annotationValue })).max(20),
    remove: keys,
    overwrite: z.boolean(),
  },
  env: {
    set: z.array(z.strictObject({ name: variableName, value: variableValue })).max(20),
    remove: z.array(variableName).max(20),
    /** All containers, init containers too, if absent. */
    ...container,
  },
  resources: { limits: quantities, requests: quantities, ...container },
  /** Creates a HorizontalPodAutoscaler or changes the one that there is; what is absent stays as it is, or is 1 and 80 %. */
  autoscale: {
    min: replicaCount.min(1).optional(),
    max: replicaCount.min(1),
    /** Percent of the requested processor time. */
    cpu: z.number().int().min(1).max(1000).optional(),
  },
  /** The new Job's name; a label too, because its pods carry it. */
  job: { job: labelName },
  patch: { fields: z.array(patchedField).min(1).max(10) },
} as const;

const some = ({ set, remove }: { set: readonly unknown[]; remove: readonly unknown[] }) =>
  set.length + remove.length > 0;

/**
 * The closed set of operations. `verb` is kubectl's own word for it, where it has one; `target` names one object.
 * Namespaces are always explicit: the parser fills in kubectl's "default" and says so.
 */
export const action = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('rollout restart'), target: namespaced(rolloutKinds) }),
  z.strictObject({ verb: z.literal('rollout undo'), target: namespaced(rolloutKinds), ...details.undo }),
  z.strictObject({ verb: z.literal('rollout pause'), target: namespaced(['Deployment']) }),
  z.strictObject({ verb: z.literal('rollout resume'), target: namespaced(['Deployment']) }),
  z.strictObject({ verb: z.literal('scale'), target: namespaced(scalableKinds), ...details.scale }),
  z.strictObject({ verb: z.literal('set image'), target: namespaced(rolloutKinds), ...details.image }),
  z.strictObject({ verb: z.literal('delete pod'), target: namespaced(['Pod']) }),
  z.strictObject({ verb: z.literal('cordon'), target: node }),
  z.strictObject({ verb: z.literal('uncordon'), target: node }),
  z.strictObject({ verb: z.literal('drain'), target: node, ...details.drain }),
  z
    .strictObject({ verb: z.literal('taint'), target: node, ...details.taint })
    .refine(({ add, remove }) => add.length + remove.length > 0, { error: 'must add or remove a taint' }),
  z
    .strictObject({
      verb: z.literal('label'),
      target: z.union([namespaced(labelledKinds), node]),
      ...details.label,
    })
    .refine(some, { error: 'must set or remove a label' }),
  z
    .strictObject({
      verb: z.literal('annotate'),
      target: z.union([namespaced(labelledKinds), node]),
      ...details.annotate,
    })
    .refine(some, { error: 'must set or remove an annotation' }),
  z
    .strictObject({ verb: z.literal('set env'), target: namespaced(rolloutKinds), ...details.env })
    .refine(some, { error: 'must set or remove a variable' }),
  z
    .strictObject({
      verb: z.literal('set resources'),
      target: namespaced(rolloutKinds),
      ...details.resources,
    })
    .refine(({ limits, requests }) => Object.keys(limits).length + Object.keys(requests).length > 0, {
      error: 'must set a limit or a request',
    }),
  z
    .strictObject({ verb: z.literal('autoscale'), target: namespaced(scalableKinds), ...details.autoscale })
    .refine(({ min, max }) => min === undefined || min <= max, { error: 'min must not be above max' }),
  z.strictObject({ verb: z.literal('suspend'), target: namespaced(jobKinds) }),
  z.strictObject({ verb: z.literal('resume'), target: namespaced(jobKinds) }),
  z.strictObject({ verb: z.literal('create job'), target: namespaced(jobKinds), ...details.job }),
  z.strictObject({ verb: z.literal('delete job'), target: namespaced(['Job']) }),
  z
    .strictObject({ verb: z.literal('patch'), target: namespaced(patchableKinds), ...details.patch })
    .refine(
      ({ target: { kind }, fields }) =>
        fields.every(({ path, value }) => patchableField(kind, path)?.safeParse(value).success),
      { error: 'must write fields that may be patched, with values that they may have' },
    ),
]);

/**
 * The same operation on several objects of a namespace. Nodes are taken one at a time: what is left when the second
 * goes can only be judged when the first has gone.
 */
export const group = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('rollout restart'), target: several(rolloutKinds) }),
  z.strictObject({ verb: z.literal('rollout undo'), target: several(rolloutKinds), ...details.undo }),
  z.strictObject({ verb: z.literal('rollout pause'), target: several(['Deployment']) }),
  z.strictObject({ verb: z.literal('rollout resume'), target: several(['Deployment']) }),
  z.strictObject({ verb: z.literal('scale'), target: several(scalableKinds), ...details.scale }),
  z.strictObject({ verb: z.literal('set image'), target: several(rolloutKinds), ...details.image }),
  z.strictObject({ verb: z.literal('delete pod'), target: several(['Pod']) }),
  z
    .strictObject({ verb: z.literal('label'), target: several(labelledKinds), ...details.label })
    .refine(some, { error: 'must set or remove a label' }),
  z
    .strictObject({ verb: z.literal('annotate'), target: several(labelledKinds), ...details.annotate })
    .refine(some, { error: 'must set or remove an annotation' }),
  z
    .strictObject({ verb: z.literal('set env'), target: several(rolloutKinds), ...details.env })
    .refine(some, { error: 'must set or remove a variable' }),
  z.strictObject({ verb: z.literal('set resources'), target: several(rolloutKinds), ...details.resources }),
  z.strictObject({ verb: z.literal('suspend'), target: several(jobKinds) }),
  z.strictObject({ verb: z.literal('resume'), target: several(jobKinds) }),
  z.strictObject({ verb: z.literal('delete job'), target: several(['Job']) }),
]);

/** What was asked for, before the cluster was looked at: one action, or the same on several objects. */
export const request = z.union([action, group]);

/** The verbs of the closed set. */
export const verbs = action.options.map(({ shape }) => shape.verb.value);

export type Action = z.infer<typeof action>;
export type Group = z.infer<typeof group>;
export type Request = z.infer<typeof request>;
export type Verb = Action['verb'];
export type Target = Action['target'];
export type GroupTarget = Group['target'];
export type TargetKind = Target['kind'];

/** Every kind that there is something to do with. */
export const kindsActedOn: readonly TargetKind[] = [
  ...new Set([...labelledKinds, ...patchableKinds, 'Node' as const]),
];
/** The action of each verb. */
type ActionByVerb = { [V in Verb]: Extract<Action, { verb: V }> };
export type ActionOf<V extends Verb> = ActionByVerb[V];

/** True for one that still has to become a list of actions. */
export function isGroup(asked: Request): asked is Group {
  return !('name' in asked.target);
}

/** The action of a group on one of its objects. */
export function memberOf({ target, ...rest }: Group, name: string): Action {
  const { kind, namespace } = target;
  return action.parse({ ...rest, target: { kind, namespace, name } });
}

/** Where a target lives, or undefined for objects of the whole cluster. */
export function namespaceOf(target: Target | GroupTarget): string | undefined {
  return target.kind === 'Node' ? undefined : target.namespace;
}

/** `Deployment/web in shop`, `Node/worker-1`, `Deployments web and api in shop`: how people read a target. */
export function describeTarget(target: Target | GroupTarget): string {
  if (target.kind === 'Node') return `Node/${target.name}`;
  return `${objectsOf(target)} in ${target.namespace}`;
}

function objectsOf(target: Target | GroupTarget): string {
  if ('name' in target) return `${target.kind}/${target.name}`;
  if ('selector' in target) return `${target.kind}s with ${target.selector}`;
  return `${target.kind}s ${target.names.slice(0, -1).join(', ')} and ${target.names.at(-1)}`;
}

/** One object of one cluster, as the key that holds "one remediation at a time per target". */
export function targetKey(cluster: string, target: Target | GroupTarget): string {
  const which =
    'name' in target ? target.name : 'selector' in target ? target.selector : target.names.join(',');
  return [cluster, namespaceOf(target) ?? '-', target.kind, which].join('/');
}

/** The name of the cluster in the key of one object: names of clusters have slashes, too. */
export const clusterInKey = (key: string): string => key.split('/').slice(0, -3).join('/');

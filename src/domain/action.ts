import { z } from 'zod';

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

/** No `//`: a URL, which may carry a password, is no image. */
const imagePattern = /^(?!.*\/\/)[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$/;

/** An image reference as `set image` takes it. Deliberately plain: no spaces, quotes, `$` or shell syntax. */
export const imageReference = z
  .string()
  .min(1)
  .max(512)
  .regex(imagePattern, 'must be an image reference such as registry.example/app:1.2');

/** True for what `imageReference` takes; for where a value is looked at again and again. */
export function isImageReference(text: string): boolean {
  return imagePattern.test(text);
}

/** Kubernetes stores replicas as int32. */
const replicaCount = z.number().int().min(0).max(2_147_483_647);

const namespaced = <const K extends readonly [string, ...string[]]>(kinds: K) =>
  z.strictObject({ kind: z.enum(kinds), namespace: labelName, name: objectName });

const rolloutTarget = namespaced(['Deployment', 'StatefulSet', 'DaemonSet']);
const deployment = namespaced(['Deployment']);
const scalable = namespaced(['Deployment', 'StatefulSet']);
const pod = namespaced(['Pod']);
const node = z.strictObject({ kind: z.literal('Node'), name: objectName });

/**
 * The closed set of operations. `verb` is kubectl's own word for it; `target` names one object.
 * Namespaces are always explicit: the parser fills in kubectl's "default" and says so.
 */
export const action = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('rollout restart'), target: rolloutTarget }),
  z.strictObject({
    verb: z.literal('rollout undo'),
    target: rolloutTarget,
    /** Revision to go back to; absent means the one before the live one. */
    toRevision: z.number().int().positive().optional(),
  }),
  z.strictObject({ verb: z.literal('rollout pause'), target: deployment }),
  z.strictObject({ verb: z.literal('rollout resume'), target: deployment }),
  z.strictObject({
    verb: z.literal('scale'),
    target: scalable,
    replicas: replicaCount,
    /** kubectl's `--current-replicas`: refuse unless this many are asked for now. */
    currentReplicas: replicaCount.optional(),
  }),
  z.strictObject({
    verb: z.literal('set image'),
    target: rolloutTarget,
    images: z
      .array(z.strictObject({ container: labelName, image: imageReference }))
      .min(1)
      .max(20),
  }),
  z.strictObject({ verb: z.literal('delete pod'), target: pod }),
  z.strictObject({ verb: z.literal('cordon'), target: node }),
  z.strictObject({ verb: z.literal('uncordon'), target: node }),
]);

/** The verbs of the closed set. */
export const verbs = action.options.map(({ shape }) => shape.verb.value);

export type Action = z.infer<typeof action>;
export type Verb = Action['verb'];
export type Target = Action['target'];
export type TargetKind = Target['kind'];
export type ActionOf<V extends Verb> = Extract<Action, { verb: V }>;

/** Where a target lives, or undefined for objects of the whole cluster. */
export function namespaceOf(target: Target): string | undefined {
  return target.kind === 'Node' ? undefined : target.namespace;
}

/** `Deployment/web in shop`, or `Node/worker-1`: how people read a target. */
export function describeTarget(target: Target): string {
  const namespace = namespaceOf(target);
  return `${target.kind}/${target.name}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

/** One object of one cluster, as the key that holds "one remediation at a time per target". */
export function targetKey(cluster: string, target: Target): string {
  return [cluster, namespaceOf(target) ?? '-', target.kind, target.name].join('/');
}

/**
 * The canonical kubectl form of an action: parsing it again gives the same action.
 * Shown on cards and stored in automation_operation_log.
 */
export function printAction(action: Action): string {
  const { target } = action;
  const namespace = target.kind === 'Node' ? '' : ` -n ${target.namespace}`;
  const object = `${target.kind.toLowerCase()}/${target.name}`;
  switch (action.verb) {
    case 'rollout undo':
      return `kubectl rollout undo ${object}${action.toRevision === undefined ? '' : ` --to-revision=${action.toRevision}`}${namespace}`;
    case 'scale': {
      const guard =
        action.currentReplicas === undefined ? '' : ` --current-replicas=${action.currentReplicas}`;
      return `kubectl scale ${object} --replicas=${action.replicas}${guard}${namespace}`;
    }
    case 'set image':
      return `kubectl set image ${object} ${action.images.map((i) => `${i.container}=${i.image}`).join(' ')}${namespace}`;
    case 'delete pod':
      return `kubectl delete pod ${target.name}${namespace}`;
    case 'cordon':
    case 'uncordon':
      return `kubectl ${action.verb} ${target.name}`;
    default:
      return `kubectl ${action.verb} ${object}${namespace}`;
  }
}

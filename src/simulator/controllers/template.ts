import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type JsonObject } from '../json.ts';
import { nameOf, namespaceOf } from '../objects/identity.ts';
import { pods } from '../resources.ts';
import { edited, listAt, objectAt, put, textAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';
import { conditionOf, isConditionTrue } from './conditions.ts';
import { isTerminating, ownerReference } from './ownership.ts';

/** Letters and digits that cannot spell a word (apimachinery, pkg/util/rand, SafeEncodeString). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A short name part made from any text: the same text, the same part. */
export function shortHash(text: string, length: number): string {
  const bytes = createHash('sha256').update(text).digest();
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

export const templateHashLabel = 'pod-template-hash';

/** A pod template without the label that its ReplicaSet added. */
export function plainTemplate(object: JsonObject): JsonObject {
  return edited(objectAt(object, 'spec', 'template'), (draft) =>
    put(draft, ['metadata', 'labels', templateHashLabel], undefined),
  );
}

/** Canonical texts of templates, kept as long as their objects: controllers compare them at every look. */
const texts = new WeakMap<JsonObject, string>();

/** The template as one text, the same for the same template. */
export function templateText(object: JsonObject): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = canonicalJson(plainTemplate(object));
  texts.set(object, text);
  return text;
}

export function sameTemplate(left: JsonObject, right: JsonObject): boolean {
  return templateText(left) === templateText(right);
}

/** Creates a pod from the template of its owner. */
export function createPod(
  world: World,
  owner: JsonObject,
  template: Json,
  given: { readonly name?: string; readonly labels?: Record<string, string> },
): void {
  const name = given.name ?? `${nameOf(owner)}-${world.newSuffix()}`;
  const generateName = given.name === undefined ? { generateName: `${nameOf(owner)}-` } : {};
  const pod = {
    metadata: {
      name,
      ...generateName,
      namespace: namespaceOf(owner),
      labels: { ...objectAt(template, 'metadata', 'labels'), ...given.labels },
      ...(Object.keys(objectAt(template, 'metadata', 'annotations')).length === 0
        ? {}
        : { annotations: objectAt(template, 'metadata', 'annotations') }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...objectAt(template, 'spec') },
    status: { phase: 'Pending', qosClass: qosClass(template) },
  };
  world.store.create(pods, pod, controllerManager);
}

function qosClass(template: Json): string {
  const bounded = listAt(template, 'spec', 'containers').some(
    (each) => Object.keys(objectAt(each, 'resources')).length > 0,
  );
  return bounded ? 'Burstable' : 'BestEffort';
}

export function isReady(pod: JsonObject): boolean {
  return isConditionTrue(pod, 'Ready');
}

/** Ready for at least minReadySeconds (kubernetes/pkg/api/v1/pod, IsPodAvailable). */
export function isAvailable(world: World, pod: JsonObject, minReadySeconds: number): boolean {
  if (!isReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const since = Date.parse(textAt(conditionOf(pod, 'Ready'), 'lastTransitionTime') ?? '');
  return since + world.span(minReadySeconds) <= world.now();
}

/** Not ended and not being deleted: counts as a replica (pkg/controller, IsPodActive). */
export function isActive(pod: JsonObject): boolean {
  const phase = textAt(pod, 'status', 'phase');
  return phase !== 'Succeeded' && phase !== 'Failed' && !isTerminating(pod);
}

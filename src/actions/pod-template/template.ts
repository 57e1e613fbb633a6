import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../domain/text/json.ts';
import { valueAt } from '../../domain/text/json-pointer.ts';

const hashLabel = 'pod-template-hash';

/**
 * A pod template as a Deployment holds it: without the label that its controller adds for the ReplicaSet, and
 * without `creationTimestamp: null`, which older API servers print. Undefined if it is no template.
 */
export function cleanTemplate(template: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(template) || !isJsonObject(template['spec'])) return undefined;
  const { $patch: _directive, ...parts } = template;
  const { metadata } = parts;
  return isJsonObject(metadata) ? { ...parts, metadata: cleanMetadata(metadata) } : parts;
}

function cleanMetadata(metadata: JsonObject): JsonObject {
  const { creationTimestamp: _created, labels, ...rest } = metadata;
  if (!isJsonObject(labels)) return rest;
  const kept = Object.entries(labels).filter(([label]) => label !== hashLabel);
  return { ...rest, labels: Object.fromEntries(kept) };
}

/** True when two templates mean the same to a Deployment, StatefulSet or DaemonSet. */
export function sameTemplate(a: Json | undefined, b: Json | undefined): boolean {
  const [left, right] = [cleanTemplate(a), cleanTemplate(b)];
  return left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right);
}

/** The fields by which a template is recognised on a live object, whatever its API server prints besides. */
export function templateFields(template: JsonObject): { path: string; value: Json }[] {
  const metadata = isJsonObject(template['metadata']) ? template['metadata'] : {};
  return [
    { path: '/spec/template/spec', value: template['spec'] ?? null },
    { path: '/spec/template/metadata/labels', value: metadata['labels'] ?? null },
    { path: '/spec/template/metadata/annotations', value: metadata['annotations'] ?? null },
  ];
}

interface Place {
  readonly index: number;
  readonly init: boolean;
}

/** The unescaped JSON pointer parts of a container in the template. */
export function containerPath({ init, index }: Place): readonly (string | number)[] {
  return ['spec', 'template', 'spec', listOf(init), index];
}

/** A container as it stands in the raw object. */
export function containerAt(object: Json, { init, index }: Place): Json | undefined {
  const list = valueAt(object, 'spec', 'template', 'spec', listOf(init));
  return Array.isArray(list) ? list[index] : undefined;
}

const listOf = (init: boolean) => (init ? 'initContainers' : 'containers');

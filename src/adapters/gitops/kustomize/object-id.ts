import { isFields, type ManifestObject } from '../edit/objects.ts';
import type { Kustomization } from './kustomization.ts';

/** What an object is called at one moment of a build. No namespace is `default` (kustomize kyaml/resid/resid.go). */
export interface ObjectId {
  readonly name: string;
  readonly namespace: string;
}

/** What an object has been called so far, the name in its file first and the one that it has by now last. */
export type ObjectIds = readonly [ObjectId, ...ObjectId[]];

export const effective = (namespace: string | undefined): string => namespace || 'default';

/** The name in its own file. */
export const firstId = ({ name, namespace }: ManifestObject): ObjectIds => [
  { name, namespace: effective(namespace) },
];

export const currentId = (ids: ObjectIds): ObjectId => ids.at(-1) ?? ids[0];

/** What it has been called once a kustomization has given it its namespace, prefix and suffix, one after the other. */
export function renamed(
  ids: ObjectIds,
  { namespace, namePrefix, nameSuffix }: Pick<Kustomization, 'namespace' | 'namePrefix' | 'nameSuffix'>,
): ObjectIds {
  const now = currentId(ids);
  const placed = { ...now, namespace: namespace || now.namespace };
  const prefixed = { ...placed, name: `${namePrefix}${placed.name}` };
  const suffixed = { ...prefixed, name: `${prefixed.name}${nameSuffix}` };
  return [...ids, placed, prefixed, suffixed];
}

/** Group and version of an object or a patch. */
export function groupVersionOf(content: unknown): { readonly group: string; readonly version: string } {
  const apiVersion = isFields(content) ? content['apiVersion'] : undefined;
  const [first = '', second] = typeof apiVersion === 'string' ? apiVersion.split('/') : [];
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

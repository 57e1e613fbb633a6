import type { ManifestStep } from '../../../domain/manifest/lasting.ts';
import type { ManifestObject } from '../edit/objects.ts';
import type { Step } from '../edit/place.ts';
import type { Kustomization } from './kustomization.ts';
import { currentId, groupVersionOf, type ObjectIds } from './object-id.ts';

/**
 * What a patch is looked at for: one field of one object. `at`: where the object has the field, by the indexes of its lists;
 * undefined where that is not known, as after a patch that has added an element to one of them.
 */
export interface Patched {
  readonly object: ManifestObject;
  readonly ids: ObjectIds;
  readonly field: readonly ManifestStep[];
  readonly at: readonly Step[] | undefined;
  readonly layer: number;
}

/** What one document of a patch does to the field. `path`: where in that document the new value is. `moves`: lists above it. */
export type Effect =
  | { readonly kind: 'nothing'; readonly moves?: true }
  | { readonly kind: 'set'; readonly path: readonly Step[]; readonly value: unknown; readonly moves?: true }
  | { readonly kind: 'doubt'; readonly reason: string };

export const nothing: Effect = { kind: 'nothing' };

export type Target = NonNullable<Kustomization['patches'][number]['target']>;

/**
 * The members of a target are anchored regular expressions. Name and namespace are those of the object's own file or those that
 * it has by now, and none in between (kustomize api/types/selector.go; api/resmap/reswrangler.go, Select).
 */
export function hits(target: Target, object: ManifestObject, ids: ObjectIds): 'yes' | 'no' | 'perhaps' {
  const { group, version } = groupVersionOf(object.content);
  const called = [ids[0], currentId(ids)];
  const answers = [
    matches(target.group, [group]),
    matches(target.version, [version]),
    matches(target.kind, [object.kind]),
    matches(
      target.name,
      called.map(({ name }) => name),
    ),
    matches(
      target.namespace,
      called.map(({ namespace }) => namespace),
    ),
  ];
  if (answers.includes('no')) return 'no';
  const selects = Boolean(target.labelSelector) || Boolean(target.annotationSelector);
  return selects || answers.includes('perhaps') ? 'perhaps' : 'yes';
}

/** An expression other than names or `.*` is not evaluated here: it comes from a repository and may be costly. */
function matches(pattern: string | undefined, names: readonly string[]): 'yes' | 'no' | 'perhaps' {
  if (pattern === undefined || pattern === '' || pattern === '.*') return 'yes';
  const plain = pattern.split('|').map((each) => each.replace(/^\^/, '').replace(/\$$/, ''));
  if (!plain.every((each) => /^[A-Za-z0-9-]+$/.test(each))) return 'perhaps';
  return plain.some((each) => names.includes(each)) ? 'yes' : 'no';
}

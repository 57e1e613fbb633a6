import type { ManifestStep } from '../../../domain/manifest/lasting.ts';
import type { ManifestObject } from '../edit/objects.ts';
import type { Step } from '../edit/place.ts';
import type { Kustomization } from './kustomization.ts';

/** What a patch is looked at for: one field of one object. `at`: where the object's own file has the field. */
export interface Patched {
  readonly object: ManifestObject;
  readonly names: readonly string[];
  readonly field: readonly ManifestStep[];
  readonly at: readonly Step[] | undefined;
  readonly layer: number;
}

/** What one document of a patch does to the field. `path`: where in that document the new value is. */
export type Effect =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'set'; readonly path: readonly Step[]; readonly value: unknown }
  | { readonly kind: 'doubt'; readonly reason: string };

export const nothing: Effect = { kind: 'nothing' };

export type Target = NonNullable<Kustomization['patches'][number]['target']>;

/** Kind and name of a target are anchored regular expressions (kustomize api/types/selector.go). */
export function hits(
  target: Target,
  object: ManifestObject,
  names: readonly string[],
): 'yes' | 'no' | 'perhaps' {
  const kind = matches(target.kind, [object.kind]);
  const name = matches(target.name, names);
  if (kind === 'no' || name === 'no') return 'no';
  const selects = target.labelSelector !== undefined || target.annotationSelector !== undefined;
  return selects || kind === 'perhaps' || name === 'perhaps' ? 'perhaps' : 'yes';
}

/** An expression other than a name or `.*` is not evaluated here: it comes from a repository and may be costly. */
function matches(pattern: string | undefined, names: readonly string[]): 'yes' | 'no' | 'perhaps' {
  if (pattern === undefined || pattern === '' || pattern === '.*') return 'yes';
  const plain = pattern.replace(/^\^/, '').replace(/\$$/, '');
  if (/^[A-Za-z0-9-]+$/.test(plain)) return names.includes(plain) ? 'yes' : 'no';
  return 'perhaps';
}

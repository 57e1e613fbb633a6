import type { LastingField } from '../../domain/manifest/lasting.ts';
import { said } from './edit/fields.ts';
import type { Files } from './files.ts';
import { imageOf } from './kustomize/image.ts';
import type { Write, Writes } from './writes.ts';

/**
 * Which key of a chart's values sets a field. Charts name their values as they like, so that this is never guessed.
 * `field` is as `said` writes it (`spec.replicas`, `spec.template.spec.containers[app].image`), `key` with dots between the
 * keys of the values file, `part` what of an image the key holds.
 */
export interface HelmKey {
  readonly field: string;
  readonly key: string;
  readonly part: 'whole' | 'repository' | 'tag';
}

/** The values that set a field, by the table that the policy gives for the chart. */
export function inHelmValues(
  files: Files,
  { file, keys }: { readonly file: string; readonly keys: readonly HelmKey[] },
  field: LastingField,
): Writes {
  if (!files.has(file)) return refused(`${file} is not in the repository`);
  const name = said(field.path);
  const known = keys.filter((key) => key.field === name);
  if (known.length === 0) return refused(`the policy does not say which value of ${file} sets it`);
  const writes = known.map(({ key, part }) => ({ key, value: partOf(field, part) }));
  if (writes.some(({ value }) => value === undefined))
    return refused(`${file} has no value for the digest of an image`);
  const covered = known.some(({ part }) => part !== 'tag') || isSameRepository(field);
  if (!covered) return refused(`the policy does not say which value of ${file} sets the image's repository`);
  return {
    kind: 'writes',
    writes: writes.flatMap(({ key, value }): Write[] =>
      value === undefined ? [] : [{ origin: { file, place: { document: 0, path: key.split('.') } }, value }],
    ),
  };
}

function partOf({ value }: LastingField, part: HelmKey['part']): LastingField['value'] | undefined {
  if (part === 'whole') return value;
  const { name, tag, digest } = imageOf(String(value));
  if (digest !== undefined) return undefined;
  return part === 'repository' ? name : tag;
}

function isSameRepository({ value, was }: LastingField): boolean {
  return was !== undefined && imageOf(String(was)).name === imageOf(String(value)).name;
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

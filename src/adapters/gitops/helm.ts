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
  const found = valuesOf(file, keys, field);
  if (found.kind === 'refused') return found;
  return {
    kind: 'writes',
    writes: found.values.map(
      ({ key, value }): Write => ({ origin: { file, place: { document: 0, path: key.split('.') } }, value }),
    ),
  };
}

/** The keys that set a field, each with what it has to hold. @param file what holds them, as refusals name it */
export function valuesOf(
  file: string,
  keys: readonly HelmKey[],
  field: LastingField,
):
  | { readonly kind: 'values'; readonly values: readonly { key: string; value: LastingField['value'] }[] }
  | ReturnType<typeof refused> {
  const known = keys.filter((key) => key.field === said(field.path));
  if (known.length === 0) return refused(`the policy does not say which value of ${file} sets it`);
  const values = known.flatMap(({ key, part }) => {
    const value = partOf(field, part);
    return value === undefined ? [] : [{ key, value }];
  });
  if (values.length < known.length) return refused(noPart(file, field));
  const covered = known.some(({ part }) => part !== 'tag') || isSameRepository(field);
  if (!covered) return refused(`the policy does not say which value of ${file} sets the image's repository`);
  return { kind: 'values', values };
}

/** A tag and a digest say different things, and an image may have neither. */
function noPart(file: string, { value }: LastingField): string {
  return imageOf(String(value)).digest === undefined
    ? `${String(value)} has no tag, which ${file} has a value for`
    : `${file} has no value for the digest of an image`;
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

import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { parseDocuments } from '../edit/documents.ts';
import { said } from '../edit/fields.ts';
import { isFields } from '../edit/objects.ts';
import { type Files, isManifest } from '../files.ts';
import { imageOf } from '../kustomize/image.ts';
import { isImage } from '../kustomize/trace.ts';
import type { Write, Writes } from '../writes.ts';
import { type HelmKey, imageParts, type Look } from './image-parts.ts';

/** A file of values, and those that the chart takes before and after it, weakest first. */
export interface ChartValues {
  readonly file: string;
  readonly keys: readonly HelmKey[];
  readonly under?: readonly string[];
  readonly over?: readonly string[];
}

/** The values that set a field, by the table that the policy gives for the chart. */
export function inHelmValues(
  files: Files,
  { file, keys, under = [], over = [] }: ChartValues,
  field: LastingField,
): Writes {
  if (!files.has(file)) return refused(`${file} is not in the repository`);
  const unread = over.find((path) => !isManifest(path));
  if (unread !== undefined) return refused(`${unread}, which goes over ${file}, is not read`);
  const contents = new Map<string, unknown>();
  for (const each of [...under, file, ...over].filter((path) => files.has(path))) {
    const parsed = parseDocuments(files.get(each) ?? '', '1.1');
    if (parsed.kind === 'refused' && each !== file) return refused(`${each}: ${parsed.reason}`);
    if (parsed.kind !== 'refused') contents.set(each, parsed.documents[0]?.toJS({ maxAliasCount: 100 }));
  }
  const layers = [...contents].toReversed();
  const look: Look = (key) =>
    layers.map(([, content]) => at(content, key.split('.'))).find((each) => each.isSet)?.value;
  const found = valuesOf(file, keys, field, look);
  if (found.kind === 'refused') return found;
  for (const { key } of found.values) {
    const stronger = over.findLast((each) => at(contents.get(each), key.split('.')).isSet);
    if (stronger !== undefined)
      return refused(`${stronger}, which goes over ${file}, sets ${key} as well: change it there`);
  }
  return {
    kind: 'writes',
    writes: found.values.map(
      ({ key, value }): Write => ({ origin: { file, place: { document: 0, path: key.split('.') } }, value }),
    ),
  };
}

/** What a file says of a key: set as well where it has something else than a mapping on the way to it, such as null. */
function at(
  content: unknown,
  steps: readonly string[],
): { readonly isSet: boolean; readonly value?: unknown } {
  let value = content;
  for (const [depth, step] of steps.entries()) {
    if (!isFields(value)) return { isSet: depth > 0 };
    if (!Object.hasOwn(value, step)) return { isSet: false };
    value = value[step];
  }
  return { isSet: true, value };
}

/**
 * The keys that set a field, each with what it has to hold.
 * @param file what holds them, as refusals name it
 * @param look what they hold now, and others beside them
 */
export function valuesOf(
  file: string,
  keys: readonly HelmKey[],
  field: LastingField,
  look: Look,
):
  | { readonly kind: 'values'; readonly values: readonly { key: string; value: LastingField['value'] }[] }
  | ReturnType<typeof refused> {
  const known = keys.filter((key) => key.field === said(field.path));
  if (known.length === 0) return refused(`the policy does not say which value of ${file} sets it`);
  if (!isImage(field.path))
    return { kind: 'values', values: known.map(({ key }) => ({ key, value: field.value })) };
  const covered = known.some(({ part }) => part === 'whole' || part === 'repository') || keepsName(field);
  const found = imageParts(file, known, field, look);
  if (found.kind === 'refused' || covered) return found;
  return refused(`the policy does not say which value of ${file} sets the image's repository`);
}

function keepsName({ value, was }: LastingField): boolean {
  return was !== undefined && imageOf(String(was)).name === imageOf(String(value)).name;
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

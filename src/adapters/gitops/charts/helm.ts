import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { parseDocuments } from '../edit/documents.ts';
import { said } from '../edit/fields.ts';
import { isFields } from '../edit/objects.ts';
import { type Files, isManifest } from '../files.ts';
import { imageOf } from '../kustomize/image.ts';
import { isImage } from '../kustomize/trace.ts';
import type { Write, Writes } from '../writes.ts';
import { type HelmKey, imageParts, type Look } from './image-parts.ts';
import { inflationOf } from './inflated.ts';
import { globalsOver, parentOf, unreadBy } from './subcharts.ts';

/** A file of values, and those that the chart takes before and after it, weakest first. */
export interface ChartValues {
  readonly file: string;
  readonly keys: readonly HelmKey[];
  readonly under?: readonly string[];
  readonly over?: readonly string[];
  /** The file of the chart itself, where it is known. */
  readonly chart?: string;
  /** It is the owner that says which files the chart takes. */
  readonly isTold?: boolean;
  /** It names this file itself: no kustomization gives it to the chart. */
  readonly isNamed?: boolean;
}

/** The values that set a field, by the table that the policy gives for the chart, and by who takes the file. */
export function inHelmValues(files: Files, chart: ChartValues, field: LastingField): Writes {
  const { file, keys, under, over = [] } = chart;
  if (!files.has(file)) return refused(`${file} is not in the repository`);
  // What an owner takes by itself is of its own chart, whoever takes that one in besides.
  const parent = chart.isTold === true ? undefined : parentOf(files, file);
  if (parent !== undefined)
    return refused(
      `${parent.chart} takes this chart in, and its own values.yaml goes over this file: change it there, under ${parent.as}`,
    );
  const inflation = chart.isNamed === true ? undefined : inflationOf(files, file, field);
  if (inflation === undefined) return inLayers(files, { ...chart, under: under ?? [], over }, field);
  if ('reason' in inflation) return refused(inflation.reason);
  const layered = {
    under: [...inflation.under, ...(under ?? [])],
    over: [...over, ...inflation.over],
  };
  return inLayers(inflation.files, { file, keys, ...layered }, field);
}

function inLayers(
  files: Files,
  { file, keys, under, over, chart }: Required<Pick<ChartValues, 'under' | 'over'>> & ChartValues,
  field: LastingField,
): Writes {
  const unread = over.find((path) => !files.has(path) && !isManifest(path));
  if (unread !== undefined) return refused(`${unread}, which goes over ${file}, is not read`);
  const contents = contentsOf(files, file, [...under, file, ...over]);
  if ('reason' in contents) return contents;
  const layers = [...contents].toReversed();
  const look: Look = (key) =>
    layers.map(([, content]) => at(content, key.split('.'))).find((each) => each.isSet)?.value;
  const found = valuesOf(file, keys, field, look);
  if (found.kind === 'refused') return found;
  for (const { key } of found.values) {
    const strange = unreadBy(files, chart, key);
    if (strange !== undefined) return refused(`${key}: ${strange}`);
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

function contentsOf(
  files: Files,
  file: string,
  paths: readonly string[],
): ReadonlyMap<string, unknown> | ReturnType<typeof refused> {
  const contents = new Map<string, unknown>();
  for (const each of paths.filter((path) => files.has(path))) {
    const parsed = parseDocuments(files.get(each) ?? '', '1.1');
    if (parsed.kind === 'refused' && each !== file) return refused(`${each}: ${parsed.reason}`);
    if (parsed.kind !== 'refused') contents.set(each, parsed.documents[0]?.toJS({ maxAliasCount: 100 }));
  }
  return contents;
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
  for (const { key } of known) {
    const stronger = globalsOver(key).find((each) => look(each) !== undefined);
    if (stronger !== undefined) return refused(`${stronger} goes over ${key}: change it there`);
  }
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

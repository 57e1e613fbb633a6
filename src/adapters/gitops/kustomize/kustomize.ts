import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { namedTwice, said } from '../edit/fields.ts';
import { isOfKind } from '../edit/objects.ts';
import type { Files } from '../files.ts';
import type { Wanted, Write, Writes } from '../writes.ts';
import { type BuiltObject, build, type KustomizedFolder } from './built.ts';
import { type Image, imageOf, textOfImage } from './image.ts';
import { alsoSet, type Neighbourhood } from './neighbours.ts';
import type { PartSet, Traced } from './origin.ts';
import { sharersOf } from './sharers.ts';
import { isImage, trace } from './trace.ts';

/**
 * The one value, in all the files from which kustomize makes an object, that sets a field: in the overlay's `images` or
 * `replicas`, in a patch, or in the base. A value that other overlays build from as well is refused, and so is one that sets
 * something else of what this one builds.
 * @param all what is wanted of all objects: what several of them are to have may be set in one place
 */
export function inKustomization(
  files: Files,
  source: KustomizedFolder,
  { wanted, all }: { readonly wanted: Wanted; readonly all: readonly Wanted[] },
  field: LastingField,
): Writes {
  const built = build(files, source);
  if (built.kind === 'refused') return built;
  const what = `${wanted.kind} ${wanted.name}`;
  const [object, second] = built.objects.filter((each) => isWanted(each, wanted));
  if (object === undefined) {
    const unread = built.unread.length === 0 ? '' : `; not read: ${built.unread.join(', ')}`;
    return refused(`no file that ${source.path || 'the top folder'} builds makes ${what}${unread}`);
  }
  if (second !== undefined)
    return refused(`${object.object.file} and ${second.object.file} both make ${what}`);
  const twice = namedTwice(object.object.content, field.path);
  if (twice !== undefined) return refused(`${object.object.file}: ${twice}`);
  const traced = trace(files, object, field);
  if (traced === undefined)
    return refused(`nothing that makes ${what} sets it; ${object.object.file} does not`);
  if (traced.doubt !== undefined) return refused(traced.doubt);
  const sets = isImage(field.path)
    ? partsOf(traced, String(field.value))
    : [{ set: traced, value: field.value }];
  if (typeof sets === 'string') return refused(sets);
  // What stands there already is not changed, whoever else has it.
  if (traced.value === field.value) return { kind: 'writes', writes: sets.map(writeOf) };
  const isWantedToo: Neighbourhood['isWantedToo'] = (each, path, value) =>
    all.some(
      (one) =>
        isWanted(each, one) &&
        one.fields.some((other) => said(other.path) === said(path) && other.value === value),
    );
  const origins = sets.map(({ set }) => set.origin);
  const other = alsoSet({ files, objects: built.objects, isWantedToo }, object, field, origins);
  if (other !== undefined) return refused(`${origins[0]?.file} sets ${other} in the same place`);
  return unshared(files, object, sets);
}

/** What an object comes to by what a folder builds; undefined where nothing is built, or not one of that name. */
export function lookInKustomization(
  files: Files,
  source: KustomizedFolder,
  wanted: Wanted,
): (path: LastingField['path']) => unknown {
  const built = build(files, source);
  const found = built.kind === 'refused' ? [] : built.objects.filter((each) => isWanted(each, wanted));
  const [object, second] = found;
  return (path) =>
    object && second === undefined ? trace(files, object, { path, value: '' })?.value : undefined;
}

function isWanted({ object, name, namespace }: BuiltObject, wanted: Wanted): boolean {
  const here = namespace === undefined || wanted.namespace === undefined || namespace === wanted.namespace;
  return isOfKind(object, wanted.kind) && name === wanted.name && here;
}

interface Setting {
  readonly set: PartSet;
  readonly value: Write['value'];
}

function unshared(files: Files, object: BuiltObject, sets: readonly Setting[]): Writes {
  for (const { set } of sets) {
    const sharers = sharersOf(files, object, set.origin, set.by);
    if (sharers.length > 0) return refused(`${set.origin.file} is used by ${sharers.join(' and ')} as well`);
  }
  return { kind: 'writes', writes: sets.map(writeOf) };
}

const writeOf = ({ set, value }: Setting): Write => ({ origin: set.origin, value });

/** The values to write for an image whose name, tag and digest may be set in different places; or why there are none. */
function partsOf(traced: Traced, value: string): readonly Setting[] | string {
  const { parts = {} } = traced;
  const now = imageOf(String(traced.value));
  const wanted = imageOf(value);
  const { name, version } = parts;
  if (name === undefined && version === undefined) return [{ set: traced, value }];
  const sets: Setting[] = [];
  if (wanted.name !== now.name) {
    if (name === undefined) return 'an entry of images finds the image by its name, which would change';
    sets.push({ set: name, value: wanted.name });
  }
  if (wanted.tag === now.tag && wanted.digest === now.digest) return sets;
  return version === undefined ? underneath(traced, wanted, sets) : versionOf(version, wanted, now, sets);
}

/** Only the name comes from an entry: tag and digest are those of the image underneath, under its own name. */
function underneath(
  traced: Traced,
  { tag, digest }: Image,
  sets: readonly Setting[],
): readonly Setting[] | string {
  return traced.below === undefined
    ? 'what sets its tag was not found'
    : [...sets, { set: traced, value: textOfImage({ name: traced.below, tag, digest }) }];
}

function versionOf(
  { file, tag, digest }: NonNullable<NonNullable<Traced['parts']>['version']>,
  wanted: Image,
  now: Image,
  sets: readonly Setting[],
): readonly Setting[] | string {
  const result = [...sets];
  for (const [part, set] of [
    ['tag', tag],
    ['digest', digest],
  ] as const) {
    const value = wanted[part];
    if (value === now[part]) continue;
    if (set === undefined) return `${file} sets the image without a ${part}, which would have to be added`;
    if (value === undefined) return `${file} sets the ${part} of the image, which would have to be removed`;
    result.push({ set, value });
  }
  return result;
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

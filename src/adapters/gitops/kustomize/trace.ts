import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { locate } from '../edit/fields.ts';
import type { Files } from '../files.ts';
import type { BuiltObject, Layer } from './built.ts';
import { type Image, imageOf, textOfImage } from './image.ts';
import type { Kustomization } from './kustomization.ts';
import { type ImageParts, ownOrigin, type PartSet, type SetBy, type Traced } from './origin.ts';
import { throughPatches } from './patches.ts';

/**
 * Follows one field of an object through the kustomizations that make it, from its file upwards, as kustomize applies
 * them: a layer's components, then its patches, then `replicas`, then `images`
 * (kustomize api/internal/target/kusttarget_configplugin.go).
 * @returns what the field becomes and where that was set last; undefined where nothing sets it
 */
export function trace(files: Files, built: BuiltObject, field: LastingField): Traced | undefined {
  const { object, layers } = built;
  const own = locate(object.content, field.path);
  let traced: Traced | undefined =
    own === undefined
      ? undefined
      : {
          value: own.value,
          origin: {
            file: object.file,
            place: { document: object.document, path: [...object.path, ...own.path] },
          },
          by: { layer: 0, folders: (layers[0]?.components ?? []).map(({ folder }) => folder) },
        };
  for (const [layer, { kustomization, components, names }] of layers.entries()) {
    const patched = { object, names, field: field.path, at: own?.path, layer };
    for (const each of [...components, kustomization])
      traced = throughOne(files, each, { names, patched, field, layer }, traced);
  }
  return traced;
}

interface Passing {
  readonly names: Layer['names'];
  readonly patched: Parameters<typeof throughPatches>[2];
  readonly field: LastingField;
  readonly layer: number;
}

function throughOne(
  files: Files,
  kustomization: Kustomization,
  { names, patched, field, layer }: Passing,
  traced: Traced | undefined,
): Traced | undefined {
  const afterPatches = throughPatches(files, kustomization, patched, traced);
  const by = { layer, folders: [kustomization.folder] };
  const marked = throughMarks(kustomization, field, by, afterPatches);
  const sized = isReplicas(field) ? throughReplicas(kustomization, names, by, marked) : marked;
  const imaged = isImage(field) && sized !== undefined ? throughImages(kustomization, by, sized) : sized;
  const strange = strangerOf(kustomization);
  return imaged === undefined || strange === undefined
    ? imaged
    : { ...imaged, doubt: `${kustomization.file} has ${strange}, which may write it` };
}

const isReplicas = ({ path }: LastingField) => path.join('.') === 'spec.replicas';

/** True for the image of a container. */
export function isImage({ path }: LastingField): boolean {
  return path.at(-1) === 'image' && typeof path.at(-2) === 'object';
}

function strangerOf({ replacements, transformers, vars }: Kustomization): string | undefined {
  const found = Object.entries({ replacements, transformers, vars }).find(([, list]) => list.length > 0);
  return found?.[0];
}

/** Labels and annotations that a kustomization gives to all its objects. */
function throughMarks(
  { file, commonLabels, commonAnnotations, labels }: Kustomization,
  { path }: LastingField,
  by: SetBy,
  traced: Traced | undefined,
): Traced | undefined {
  const [, map, key] = path;
  if (path[0] !== 'metadata' || typeof key !== 'string') return traced;
  const given =
    map === 'labels'
      ? Object.hasOwn(commonLabels, key) || labels.some(({ pairs }) => Object.hasOwn(pairs, key))
      : map === 'annotations' && Object.hasOwn(commonAnnotations, key);
  if (!given) return traced;
  return { value: undefined, origin: ownOrigin(file), by, doubt: `${file} gives ${key} to all its objects` };
}

function throughReplicas(
  { file, replicas }: Kustomization,
  names: readonly string[],
  by: SetBy,
  traced: Traced | undefined,
): Traced | undefined {
  const index = replicas.findLastIndex(({ name }) => names.includes(name));
  const entry = replicas[index];
  return entry === undefined
    ? traced
    : { value: entry.count, origin: ownOrigin(file, 'replicas', index, 'count'), by };
}

type Entry = Kustomization['images'][number];

/** The tag or digest of an entry takes the place of both (kustomize api/filters/imagetag/updater.go). */
function throughImages({ file, images }: Kustomization, by: SetBy, traced: Traced): Traced {
  let now = traced;
  for (const [index, entry] of images.entries()) {
    const image = imageOf(String(now.value));
    if (image.name !== entry.name) continue;
    now = {
      ...now,
      value: textOfImage({ ...image, ...versionOf(entry), name: entry.newName ?? image.name }),
      below: now.below ?? image.name,
      parts: {
        ...now.parts,
        ...partsOf(entry, (key) => ({ origin: ownOrigin(file, 'images', index, key), by }), file),
      },
      ...(entry.tagSuffix === undefined ? {} : { doubt: `${file} adds a suffix to the tag` }),
    };
  }
  return now;
}

function versionOf({ newTag, digest }: Entry): Partial<Image> {
  if (newTag === undefined && digest === undefined) return {};
  return { tag: newTag === undefined ? undefined : String(newTag), digest };
}

function partsOf(
  { newName, newTag, digest }: Entry,
  at: (key: keyof Entry & string) => PartSet,
  file: string,
): ImageParts {
  const version = {
    file,
    ...(newTag === undefined ? {} : { tag: at('newTag') }),
    ...(digest === undefined ? {} : { digest: at('digest') }),
  };
  return {
    ...(newName === undefined ? {} : { name: at('newName') }),
    ...(newTag === undefined && digest === undefined ? {} : { version }),
  };
}

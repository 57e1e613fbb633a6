import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { parseDocuments } from '../edit/documents.ts';
import { locate } from '../edit/fields.ts';
import type { ManifestObject } from '../edit/objects.ts';
import type { Files } from '../files.ts';
import type { BuiltObject, Passage } from './built.ts';
import { type Image, imageOf, textOfImage } from './image.ts';
import type { Kustomization } from './kustomization.ts';
import type { ObjectIds } from './object-id.ts';
import { type ImageParts, ownOrigin, type PartSet, type SetBy, type Traced } from './origin.ts';
import { type OnItsWay, throughPatches } from './patches.ts';

/**
 * Follows one field of an object through the kustomizations that make it, from its file upwards, as kustomize applies
 * them: a layer's components, then its patches, then `replicas`, then `images`
 * (kustomize api/internal/target/kusttarget_configplugin.go).
 * @returns what the field becomes and where that was set last; undefined where nothing sets it
 */
export function trace(files: Files, built: BuiltObject, field: LastingField): Traced | undefined {
  const { object, layers } = built;
  const own = locate(object.content, field.path);
  let way: OnItsWay = { traced: undefined, at: own?.path };
  if (own !== undefined) {
    const place = { document: object.document, path: [...object.path, ...own.path] };
    const by = { layer: 0, folders: (layers[0]?.components ?? []).map(({ folder }) => folder) };
    way = { ...way, traced: { value: own.value, origin: { file: object.file, place }, by } };
  }
  for (const [layer, { passages, configurations }] of layers.entries()) {
    const configured = configuredOf(files, configurations, object);
    for (const passage of passages)
      way = throughOne(files, passage, { object, field: field.path, layer }, way, configured);
  }
  return way.traced;
}

function throughOne(
  files: Files,
  passage: Passage,
  patched: Parameters<typeof throughPatches>[2],
  way: OnItsWay,
  { sized, moreImages }: Configured,
): OnItsWay {
  const { kustomization, after } = passage;
  const { field, layer } = patched;
  const { traced, at } = throughPatches(files, passage, patched, way);
  const by = { layer, folders: [kustomization.folder] };
  const marked = throughMarks(kustomization, field, by, traced);
  const counted = isReplicas(field)
    ? throughReplicas(kustomization, { ids: after, sized }, by, marked)
    : marked;
  const imaged =
    isImage(field) && counted !== undefined ? throughImages(kustomization, by, counted, moreImages) : counted;
  const strange = strangerOf(kustomization);
  return imaged === undefined || strange === undefined
    ? { traced: imaged, at }
    : { traced: { ...imaged, doubt: `${kustomization.file} has ${strange}, which may write it` }, at };
}

const isReplicas = (path: LastingField['path']) => path.join('.') === 'spec.replicas';

/** True for the image of a container. */
export function isImage(path: LastingField['path']): boolean {
  return path.at(-1) === 'image' && typeof path.at(-2) === 'object';
}

function strangerOf({ replacements, transformers, vars }: Kustomization): string | undefined {
  const found = Object.entries({ replacements, transformers, vars }).find(([, list]) => list.length > 0);
  return found?.[0];
}

/** Labels and annotations that a kustomization gives to all its objects. */
function throughMarks(
  { file, commonLabels, commonAnnotations, labels }: Kustomization,
  path: LastingField['path'],
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

type Sized = 'yes' | 'no' | 'perhaps';

/** `sized`: whether `replicas` is for the object. `moreImages`: whether `images` may be for other fields than those of containers. */
interface Configured {
  readonly sized: Sized;
  readonly moreImages: boolean;
}

/** kustomize api/internal/konfig/builtinpluginconsts/replicas.go; whatever group they are of. */
const sizedKinds = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'];

/** Files of `configurations` may name more kinds and fields. */
function configuredOf(files: Files, configurations: readonly string[], { kind }: ManifestObject): Configured {
  const has = (key: string) => configurations.some((path) => mayHave(files.get(path), key));
  const sized = sizedKinds.includes(kind) ? 'yes' : has('replicas') ? 'perhaps' : 'no';
  return { sized, moreImages: has('images') };
}

/** What is not there, or cannot be read, may have each key. */
function mayHave(text: string | undefined, key: string): boolean {
  if (text === undefined) return true;
  const parsed = parseDocuments(text, '1.1');
  return parsed.kind === 'refused' || parsed.documents.some((document) => document.hasIn([key]));
}

function throughReplicas(
  { file, replicas }: Kustomization,
  { ids, sized }: { readonly ids: ObjectIds; readonly sized: Sized },
  by: SetBy,
  traced: Traced | undefined,
): Traced | undefined {
  const index = replicas.findLastIndex((each) => ids.some(({ name }) => name === each.name));
  const entry = replicas[index];
  if (entry === undefined || sized === 'no') return traced;
  const set = { value: entry.count, origin: ownOrigin(file, 'replicas', index, 'count'), by };
  return sized === 'yes' ? set : { ...set, doubt: `configurations may have ${file} set the replicas of it` };
}

type Entry = Kustomization['images'][number];

/** The tag or digest of an entry takes the place of both (kustomize api/filters/imagetag/updater.go). */
function throughImages(
  { file, images }: Kustomization,
  by: SetBy,
  traced: Traced,
  moreImages: boolean,
): Traced {
  let now = traced;
  for (const [index, entry] of images.entries()) {
    const image = imageOf(String(now.value));
    const reach = finds(entry.name, image.name);
    if (reach === 'no') continue;
    now = {
      ...now,
      value: textOfImage({ ...image, ...versionOf(entry), name: entry.newName || image.name }),
      below: now.below ?? image.name,
      parts: {
        ...now.parts,
        ...partsOf(entry, (key) => ({ origin: ownOrigin(file, 'images', index, key), by }), file),
      },
      ...(entry.tagSuffix ? { doubt: `${file} adds a suffix to the tag` } : {}),
      ...(reach === 'yes' ? {} : { doubt: `${file} finds images by the expression ${entry.name}` }),
      ...(moreImages
        ? { doubt: `configurations may have ${file} set more than the images of containers` }
        : {}),
    };
  }
  return now;
}

/** The name of an entry is an anchored regular expression, in which mostly dots stand for themselves. */
function finds(expression: string, name: string): 'yes' | 'no' | 'perhaps' {
  if (!/^[A-Za-z0-9._/:-]+$/.test(expression)) return 'perhaps';
  const isFound =
    expression.length === name.length &&
    [...expression].every((character, index) => character === '.' || character === name[index]);
  return isFound ? 'yes' : 'no';
}

/** An empty text says nothing. */
function versionOf({ newTag, digest }: Entry): Partial<Image> {
  const tag = newTag === undefined ? '' : String(newTag);
  if (tag === '' && !digest) return {};
  return { tag: tag || undefined, digest: digest || undefined };
}

function partsOf(entry: Entry, at: (key: keyof Entry & string) => PartSet, file: string): ImageParts {
  const { tag, digest } = versionOf(entry);
  const version = {
    file,
    ...(tag === undefined ? {} : { tag: at('newTag') }),
    ...(digest === undefined ? {} : { digest: at('digest') }),
  };
  return {
    ...(entry.newName ? { name: at('newName') } : {}),
    ...(tag === undefined && digest === undefined ? {} : { version }),
  };
}

import type { LastingField } from '../../../domain/manifest/lasting.ts';
import { type Image, imageOf, textOfImage } from '../kustomize/image.ts';

/**
 * Which key of a chart's values sets a field. Charts name their values as they like, so that this is never guessed.
 * `field` is as `said` writes it (`spec.replicas`, `spec.template.spec.containers[app].image`), `key` with dots between the
 * keys of the values file, `part` what of an image the key holds.
 */
export interface HelmKey {
  readonly field: string;
  readonly key: string;
  readonly part: 'whole' | 'registry' | 'repository' | 'tag' | 'digest';
}

/** What the values of a chart come to by a key with dots; undefined where nothing sets it. */
export type Look = (key: string) => unknown;

type Given = { readonly key: string; readonly value: LastingField['value'] };
type Parts =
  | { readonly kind: 'values'; readonly values: readonly Given[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What each of a chart's values has to hold for an image. A chart puts an image together from several of them, and one that
 * is not named in the policy, such as a registry or a digest, would be put to what is written all the same.
 */
export function imageParts(file: string, keys: readonly HelmKey[], field: LastingField, look: Look): Parts {
  const image = imageOf(String(field.value));
  // What runs is known to come from these values only before the change.
  const was = field.was === undefined || field.was === field.value ? undefined : imageOf(String(field.was));
  const values: Given[] = [];
  for (const each of keys) {
    const part = partOf(file, each, keys, { image, was, look });
    if (typeof part === 'string') return refused(part);
    if (part.value !== undefined) values.push({ key: each.key, value: part.value });
  }
  return { kind: 'values', values };
}

interface Asked {
  readonly image: Image;
  readonly was: Image | undefined;
  readonly look: Look;
}

/** Undefined: what is there stays. A text: why it cannot be written. */
type Part = { readonly value: LastingField['value'] | undefined } | string;

function partOf(file: string, named: HelmKey, keys: readonly HelmKey[], asked: Asked): Part {
  switch (named.part) {
    case 'whole':
      return whole(named.key, asked);
    case 'registry':
    case 'repository':
      return nameOf(named, keys, asked);
    case 'tag':
      return tagOf(file, named.key, keys, asked);
    case 'digest':
      return digestOf(file, named.key, asked);
  }
}

/** A tag is not read where a digest is set, and of a chart's own tag and one for all charts either may be. */
function tagOf(file: string, key: string, keys: readonly HelmKey[], { image, was, look }: Asked): Part {
  const { tag, digest } = image;
  const hasDigest = keys.some(({ part }) => part === 'digest');
  if (digest !== undefined && !hasDigest) return `${file} has no value for the digest of an image`;
  const other = besides(key, digests).find((each) => isSet(look(each)) && !isNamed(keys, each));
  if (other !== undefined)
    return `${other} is set as well and goes before the tag: gitOps.repositories has to name it with part: digest`;
  if (tag === undefined)
    return was?.digest !== undefined && was.tag === undefined && hasDigest
      ? { value: undefined }
      : `${textOfImage(image)} has no tag, which ${file} has a value for`;
  const common = ['global.image.tag', 'global.imageTag', 'global.tag'].find(
    (each) => each !== key && isSet(look(each)),
  );
  const isOwn = was?.tag !== undefined && was.tag === textOf(look(key));
  if (common !== undefined && (!isOwn || textOf(look(common)) === was?.tag))
    return `${common} is set as well, and which of the two counts is not known`;
  const now = textOf(look(key));
  const isRead = was === undefined || (now === '' ? was.tag !== undefined : [was.tag, tag].includes(now));
  return isRead ? { value: tag } : unread(key, now, was);
}

/** The policy names another value than the chart reads, or the cluster has drifted: the two look the same from here. */
const unread = (key: string, now: string, was: Image): string =>
  `${key} is ${now === '' ? 'empty' : now}, and ${textOfImage(was)} runs: whether the chart reads it is not known`;

function digestOf(file: string, key: string, { image: { digest, tag }, was, look }: Asked): Part {
  const now = textOf(look(key));
  if (digest === undefined)
    return isSet(now) ? `${file} sets the digest of the image, which would have to be removed` : keep;
  // Charts differ in whether a tag is written before a digest.
  if (was?.digest === undefined || (was.tag === undefined) !== (tag === undefined))
    return `whether the chart writes a tag and a digest together is not known`;
  const isRead = [was.digest, digest].includes(now);
  return isRead ? { value: digest } : unread(key, now, was);
}

const keep = { value: undefined } as const;

/** The registry, and what follows it. */
function nameOf(named: HelmKey, keys: readonly HelmKey[], asked: Asked): Part {
  const own = keys.find(({ part }) => part === 'registry')?.key;
  const { name } = asked.image;
  if (named.part === 'repository') {
    const now = textOf(asked.look(named.key));
    if (imageOf(now).name !== now) return `${named.key} holds more than the name of the image`;
  }
  if (own === undefined) return rest(named.key, name, asked);
  const other = registriesOf(named.key).find((each) => each !== own && isSet(asked.look(each)));
  if (other !== undefined) return `${other} is set as well, and whether it goes before ${own} is not known`;
  const [host = '', ...more] = name.split('/');
  if (more.length === 0 || !/[.:]|^localhost$/.test(host))
    return `${name} names no registry, which ${own} holds`;
  const { was, look } = asked;
  const written = textOf(look(own));
  const registry = written.replace(/\/+$/, '');
  const repository = keys.find(({ part }) => part === 'repository')?.key;
  // What follows the registry stands in the chart itself, and another one is not taken without its key.
  const begins = registry !== '' && [was?.name, name].some((each) => each?.startsWith(`${registry}/`));
  if (repository === undefined && begins) return keep;
  const now = `${registry}/${textOf(repository === undefined ? undefined : look(repository))}`;
  if (was !== undefined && ![was.name, name].includes(now)) return unread(own, written, was);
  // A slash that the chart itself does not write stays.
  return { value: named.part === 'registry' ? host + written.slice(registry.length) : more.join('/') };
}

/** What a value has to hold of a name that others may put something before. */
function rest(key: string, name: string, { was, look }: Asked): Part {
  const now = imageOf(textOf(look(key))).name;
  const registries = registriesOf(key).flatMap((each) => {
    const host = textOf(look(each)).replace(/\/+$/, '');
    return host === '' ? [] : [{ key: each, before: `${host}/` }];
  });
  const explained = registries.find(({ before }) => before + now === was?.name);
  if (explained !== undefined)
    return name.startsWith(explained.before)
      ? { value: name.slice(explained.before.length) }
      : `${explained.key} sets the registry, which would be another one: gitOps.repositories has to name it with part: registry`;
  if (was?.name === now || (now === '' && registries.length === 0)) return { value: name };
  const [first] = registries;
  if (first !== undefined)
    return first.before + now === name
      ? { value: now }
      : `${first.key} is set as well, and ${first.before}${now} is not what runs: gitOps.repositories has to name it with part: registry`;
  if (was?.name.endsWith(`/${now}`))
    return name === was.name
      ? { value: now }
      : `${key} is only the end of ${was.name}: what sets the rest is not known`;
  if (was?.name.startsWith(`${now}/`))
    return `${key} is only the beginning of ${was.name}: what sets the rest is not known`;
  return was === undefined || now === name ? { value: name } : unread(key, now, was);
}

/** The whole reference. One without a tag is put together with a tag from elsewhere. */
function whole(key: string, asked: Asked): Part {
  const { image, was, look } = asked;
  const now = imageOf(textOf(look(key)));
  const isAll = was !== undefined && textOfImage(was) === textOfImage(now);
  const other = besides(key, [...digests, 'tag', 'imageTag']).find((each) => isSet(look(each)));
  if (!isAll && now.name !== '' && other !== undefined)
    return `${other} is set as well: gitOps.repositories has to name the parts of the image`;
  // Of those that run and are wanted, one has its tag and its digest.
  const isWhole = [was, image].some((each) => each?.tag === now.tag && each?.digest === now.digest);
  if (was !== undefined && now.name !== '' && !isWhole) return unread(key, textOfImage(now), was);
  const part = rest(key, image.name, asked);
  if (typeof part === 'string' || part.value === undefined) return part;
  return { value: textOfImage({ ...image, name: String(part.value) }) };
}

const digests = ['digest', 'sha', 'sha256', 'imageDigest', 'imageSha'];

/** Values beside one, and above all the others those for all charts, that charts put before the name of an image. */
const registriesOf = (key: string): string[] => [
  ...['global.imageRegistry', 'global.image.registry', 'global.registry', 'global.hub'],
  ...besides(key, ['registry', 'imageRegistry', 'hub']),
  'imageRegistry',
];

/** The keys of these names in the mapping that a key is in. */
function besides(key: string, names: readonly string[]): string[] {
  const above = key.split('.').slice(0, -1);
  return names.map((name) => [...above, name].join('.')).filter((each) => each !== key);
}

const isNamed = (keys: readonly HelmKey[], key: string): boolean => keys.some((each) => each.key === key);
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const isSet = (value: unknown): boolean => textOf(value) !== '';
const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

import type { LastingField, ManifestStep } from '../../../domain/manifest/lasting.ts';
import { locate, said } from '../edit/fields.ts';
import { type Fields, isFields } from '../edit/objects.ts';
import type { Files } from '../files.ts';
import type { Write } from '../writes.ts';
import type { BuiltObject } from './built.ts';
import type { Origin, Traced } from './origin.ts';
import { isImage, trace } from './trace.ts';

/** What a change of a kustomization is seen in: the objects that it makes, and what is wanted of some of them. */
export interface Neighbourhood {
  readonly files: Files;
  readonly objects: readonly BuiltObject[];
  /** Whether this value of this object is to be the same as well. */
  readonly isWantedToo: (object: BuiltObject, path: LastingField['path'], value: Write['value']) => boolean;
}

/**
 * Another value of what a kustomization makes that comes from the same place as one that is to be changed: a patch for several
 * objects, or an image of several containers. Undefined where there is none, or where all of them are wanted so.
 */
export function alsoSet(
  { files, objects, isWantedToo }: Neighbourhood,
  own: BuiltObject,
  { path, value }: Pick<LastingField, 'path' | 'value'>,
  origins: readonly Origin[],
): string | undefined {
  // What stands in the object's own file sets nothing else: two that are built from it were refused before.
  const shared = origins.filter((origin) => !isOfItself(own, origin)).map(textOf);
  if (shared.length === 0) return undefined;
  const patches = origins.map(patchOf).map(textOf);
  const found = objects
    .flatMap((object) => (object === own ? besides(own, path) : alike(object, path)))
    .filter((other) => !isWantedToo(other.of, other.path, value))
    .find((other) => {
      const traced = trace(files, other.of, { path: other.path, value });
      const doubtful = other.isDoubtCounted ? (traced?.doubtfulPatches ?? []).map(textOf) : [];
      return meet(originsOf(traced), shared) || meet(doubtful, patches);
    });
  return found && `${said(found.path)} of ${found.of.object.kind} ${found.of.name}`;
}

const meet = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((each) => others.includes(each));

interface Candidate {
  readonly of: BuiltObject;
  readonly path: LastingField['path'];
  /** Whether it is enough that the same patch may write it, but what it does there is not understood. */
  readonly isDoubtCounted: boolean;
}

/** Of the same object only an image may have the same place: a patch has one for each of its containers. */
function besides(of: BuiltObject, path: LastingField['path']): Candidate[] {
  const others = isImage(path)
    ? imagesOf(of.object.content).filter((other) => said(other) !== said(path))
    : [];
  return others.map((other) => ({ of, path: other, isDoubtCounted: false }));
}

/** A patch by an index reaches elements of any name, and one that adds an element reaches what has none of that name. */
function alike(of: BuiltObject, path: LastingField['path']): Candidate[] {
  const { content } = of.object;
  const found = isImage(path) ? imagesOf(content) : ofAnyName(content, path);
  const own = found.map((other) => ({ of, path: other, isDoubtCounted: true }));
  const isAmongThem = found.some((other) => said(other) === said(path));
  return isAmongThem ? own : [...own, { of, path, isDoubtCounted: own.length === 0 }];
}

/** The same value of each element of the lists that it is in. */
function ofAnyName(content: Fields, path: LastingField['path']): LastingField['path'][] {
  let found: LastingField['path'][] = [[]];
  for (const step of path)
    found = found.flatMap((above) =>
      (typeof step === 'string' ? [step] : namesIn(content, above)).map((next) => [...above, next]),
    );
  return found;
}

function namesIn(content: Fields, list: LastingField['path']): ManifestStep[] {
  const elements = locate(content, list)?.value;
  if (!Array.isArray(elements)) return [];
  return elements.flatMap((element) => {
    const name = isFields(element) ? element['name'] : undefined;
    return typeof name === 'string' ? [{ name }] : [];
  });
}

/** The whole document of the patch that a value stands in. */
function patchOf({ file, place, inner }: Origin): Origin {
  return inner === undefined
    ? { file, place: { ...place, path: [] } }
    : { file, place, inner: { ...inner, path: [] } };
}

const textOf = ({ file, place, inner }: Origin): string => JSON.stringify([file, place, inner ?? null]);

function isOfItself({ object }: BuiltObject, { file, place }: Origin): boolean {
  const isInside = object.path.every((step, index) => place.path[index] === step);
  return file === object.file && place.document === object.document && isInside;
}

function originsOf(traced: Traced | undefined): string[] {
  if (traced === undefined) return [];
  const { origin, parts = {} } = traced;
  const { name, version } = parts;
  const sets = [name, version?.tag, version?.digest].flatMap((set) => set ?? []);
  return [origin, ...sets.map((set) => set.origin)].map(textOf);
}

/** Where pods are described: in a pod, a workload and a CronJob. */
const podSpecs: readonly (readonly string[])[] = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
];

/** The images of the containers that an object's own file has. */
function imagesOf(content: Fields): ManifestStep[][] {
  return podSpecs.flatMap((above) =>
    ['containers', 'initContainers'].flatMap((list) =>
      namesIn(content, [...above, list]).map((name) => [...above, list, name, 'image']),
    ),
  );
}

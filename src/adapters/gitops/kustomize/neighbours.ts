import type { LastingField, ManifestStep } from '../../../domain/manifest/lasting.ts';
import { locate, said } from '../edit/fields.ts';
import { isFields } from '../edit/objects.ts';
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
  const same = said(path);
  for (const object of objects)
    for (const other of isImage(path) ? imagesOf(object) : [path]) {
      if ((object === own && said(other) === same) || isWantedToo(object, other, value)) continue;
      if (originsOf(trace(files, object, { path: other, value })).some((text) => shared.includes(text)))
        return `${said(other)} of ${object.object.kind} ${object.name}`;
    }
  return undefined;
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
function imagesOf({ object: { content } }: BuiltObject): ManifestStep[][] {
  return podSpecs.flatMap((above) =>
    ['containers', 'initContainers'].flatMap((list) => {
      const elements = locate(content, [...above, list])?.value;
      if (!Array.isArray(elements)) return [];
      return elements.flatMap((element) => {
        const name = isFields(element) ? element['name'] : undefined;
        return typeof name === 'string' ? [[...above, list, { name }, 'image']] : [];
      });
    }),
  );
}

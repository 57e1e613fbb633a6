import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import type { Unknowns } from '../unknowns.ts';
import { behind, noStorage, type Storage, storageClass, volume, volumeClaim } from './scheduling/storage.ts';

/** Volumes that are asked for one by one; more are read in one list. */
const mostSingly = 8;

/**
 * The claims, their volumes and the classes of those that have none yet. Undefined where the claims could not be read.
 *
 * @param wanted names of claims by namespace
 */
export async function readStorage(
  reader: Reader,
  unknowns: Unknowns,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<Storage | undefined> {
  const namespaces = [...wanted].filter(([, names]) => names.length > 0);
  if (namespaces.length === 0) return noStorage;
  const lists = await Promise.all(
    namespaces.map(async ([namespace, names]) => {
      const listing = reader.list(volumeClaim, resourceOf('PersistentVolumeClaim', { namespace }));
      const claims = await unknowns.orUnknown('volume claims', listing);
      return claims
        ?.filter(({ metadata }) => names.includes(metadata.name))
        .map((claim) => [`${namespace}/${claim.metadata.name}`, claim] as const);
    }),
  );
  if (lists.some((each) => each === undefined)) return undefined;
  const claims = new Map(lists.flatMap((each) => each ?? []));
  const needed = behind([...claims.values()]);
  const [volumes, classes] = await Promise.all([
    readVolumes(reader, unknowns, needed.volumes),
    needed.classes
      ? unknowns.orUnknown('storage classes', reader.list(storageClass, resourceOf('StorageClass')))
      : [],
  ]);
  return { claims, volumes: byName(volumes), classes: byName(classes ?? []), complete: true };
}

async function readVolumes(reader: Reader, unknowns: Unknowns, names: readonly string[]) {
  if (names.length > mostSingly) {
    const all = await unknowns.orUnknown('volumes', reader.list(volume, resourceOf('PersistentVolume')));
    return (all ?? []).filter(({ metadata }) => names.includes(metadata.name));
  }
  const read = await Promise.all(
    names.map((name) =>
      unknowns.orUnknown(
        'volumes',
        reader.get(volume, resourceOf('PersistentVolume', { name })),
        `PersistentVolume/${name}`,
      ),
    ),
  );
  return read.flatMap((each) => (each === undefined ? [] : [each.value]));
}

const byName = <T extends { readonly metadata: { readonly name: string } }>(all: readonly T[]) =>
  new Map(all.map((each) => [each.metadata.name, each]));

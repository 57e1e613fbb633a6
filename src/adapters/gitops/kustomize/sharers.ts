import { joinedPath } from '../../../domain/manifest/path.ts';
import type { Files } from '../files.ts';
import type { BuiltObject } from './built.ts';
import { kustomizationOf, kustomizedFolders } from './kustomization.ts';
import type { Origin, SetBy } from './origin.ts';

/**
 * The kustomizations that take in a value besides those on the way to the object: a change of its file would reach what
 * they make as well.
 */
export function sharersOf(
  files: Files,
  { layers }: BuiltObject,
  { file }: Origin,
  by: SetBy,
): readonly string[] {
  const way = new Set(
    layers.flatMap(({ kustomization, components }) =>
      [kustomization, ...components].map(({ folder }) => folder),
    ),
  );
  const carriers = layers.slice(by.layer).map(({ kustomization }) => kustomization.folder);
  const taken = new Set([file, ...by.folders, ...carriers]);
  return kustomizedFolders(files)
    .filter((folder) => !way.has(folder))
    .flatMap((folder) => {
      const read = kustomizationOf(files, folder);
      if (read.kind !== 'kustomization') return [];
      const { resources, bases, components, patches, patchesStrategicMerge, patchesJson6902 } =
        read.kustomization;
      const entries = [
        ...[...resources, ...bases, ...components, ...patchesStrategicMerge],
        ...[...patches, ...patchesJson6902].flatMap(({ path }) => path ?? []),
      ];
      return entries.some((entry) => taken.has(joinedPath(folder, entry) ?? ''))
        ? [read.kustomization.file]
        : [];
    });
}

/** The text files of one commit by path from the top of the repository, with `/` between folders. */
export type Files = ReadonlyMap<string, string>;

/** The folder that a file is in. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** YAML, JSON, what kustomize calls its own, and what says which files Flux leaves out. */
export const isManifest = (path: string): boolean =>
  /(\.(ya?ml|json)|(^|\/)(Kustomization|\.sourceignore))$/.test(path);

/** The text files of one commit by path from the top of the repository, with `/` between folders. */
export type Files = ReadonlyMap<string, string>;

/** A path of a file as seen from a folder; undefined where it leaves the repository. The top is the empty path. */
export function joined(folder: string, relative: string): string | undefined {
  const steps = folder === '' ? [] : folder.split('/');
  for (const step of relative.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

/** The folder that a file is in. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** YAML, JSON, what kustomize calls its own, and what says which files Flux leaves out. */
export const isManifest = (path: string): boolean =>
  /(\.(ya?ml|json)|(^|\/)(Kustomization|\.sourceignore))$/.test(path);

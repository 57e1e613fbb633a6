/**
 * A path as seen from a folder of a repository, from its top; undefined where it leaves the repository. The top is the empty
 * path.
 */
export function joinedPath(folder: string, relative: string): string | undefined {
  const steps: string[] = [];
  for (const step of `${folder}/${relative}`.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

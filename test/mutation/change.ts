import { execFileSync } from 'node:child_process';
import { type Lines, touchedLines } from './touched.ts';

/** The lines of src/ that have been touched since a revision. */
export function touchedSince(revision: string): readonly Lines[] {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  return touchedLines(
    execFileSync('git', ['diff', '--unified=0', '--no-color', revision, '--', 'src'], options),
  );
}

/** The commit from which the last change began: the given one, else the one before; `undefined` where it is not there. */
export function changeOf(given: string | undefined): string | undefined {
  const base = given === undefined || given === '' ? 'HEAD~1' : given;
  try {
    const ask = ['rev-parse', '--quiet', '--verify', `${base}^{commit}`];
    return execFileSync('git', ask, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

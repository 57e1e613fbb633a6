import { sinceOf } from '../stages/intake/since.ts';

/** The instant that `--since` says, from now on back. @throws Error with one sentence */
export function sinceOption(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const since = sinceOf(word, new Date().toISOString());
  if (since === undefined) throw new Error('--since must be a time such as 36h, 7d, 4w or 2026-03-01');
  return since;
}

import { existsSync, readFileSync } from 'node:fs';
import type { Mutant } from './verdict.ts';

type Report = readonly Mutant[];

/** What is known of a room from before; `undefined` where it has not been tried. */
export function reportOf(path: string): Report | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

interface Asked {
  readonly name: string;
  /** Its files, or those of them that are asked for. */
  readonly files: readonly string[];
  readonly report: Report | undefined;
}

/** Why what is asked for cannot be done, in a sentence; `undefined` where it can. */
export function problemOf(
  rooms: readonly Asked[],
  { files, again }: { readonly files?: string | undefined; readonly again: boolean },
): string | undefined {
  if (files !== undefined && rooms.every((room) => room.files.length === 0))
    return `No file of ${rooms.map(({ name }) => name).join(', ')} matches --files ${files}.`;
  const untried = rooms.filter((room) => room.files.length > 0 && room.report === undefined);
  if (!again || untried.length === 0) return undefined;
  return `There is no report of ${untried.map(({ name }) => name).join(', ')}: run it without --again first.`;
}

/**
 * The report of a room of which a part was tried: of the rest it says what it said before.
 *
 * @param of the files of the room; what was known of another is dropped
 * @param byLine whether only some lines of a file were tried, and not the whole file
 */
export function mergedInto(
  before: Report,
  judged: Report,
  { of, byLine }: { readonly of: readonly string[]; readonly byLine: boolean },
): Report {
  const placeOf = ({ file, line }: Mutant) => (byLine ? `${file}:${line}` : file);
  const tried = new Set(judged.map(placeOf));
  const kept = before.filter((mutant) => of.includes(mutant.file) && !tried.has(placeOf(mutant)));
  return [...kept, ...judged].toSorted((a, b) => of.indexOf(a.file) - of.indexOf(b.file) || a.line - b.line);
}

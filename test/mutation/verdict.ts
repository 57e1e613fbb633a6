import type { Equivalent } from './equivalent/equivalent.ts';
import type { Entry } from './plan.ts';

/** A small change to the code, and what the tests said of it. */
export interface Mutant {
  /** Below the root of the project. */
  readonly file: string;
  readonly line: number;
  /** The whole line, without the space around it. */
  readonly lineText: string;
  /** What stood there. */
  readonly original: string;
  readonly replacement: string;
  /** Stryker's words: `Killed`, `Timeout`, `Survived`, `NoCoverage`; `RuntimeError`, `Untried` where nothing is known. */
  readonly status: string;
}

export interface Score {
  readonly noticed: number;
  readonly survivors: readonly Mutant[];
  readonly equivalent: readonly Mutant[];
  /** How many were not tried, or have no verdict. */
  readonly unjudged: number;
  /** Per cent of the mutants that are not equivalent; 100 where there are none. */
  readonly percent: number;
}

const noticed: ReadonlySet<string> = new Set(['Killed', 'Timeout']);
const unnoticed: ReadonlySet<string> = new Set(['Survived', 'NoCoverage']);

/** What was not tried, or to which the tests did not say the same twice, says nothing of them. */
export function scoreOf(mutants: readonly Mutant[], known: readonly Equivalent[]): Score {
  const all = mutants.filter(({ status }) => unnoticed.has(status));
  const equivalent = all.filter((mutant) => known.some((each) => isThe(each, mutant)));
  const survivors = all.filter((mutant) => !equivalent.includes(mutant));
  const killed = mutants.filter(({ status }) => noticed.has(status)).length;
  const of = killed + survivors.length;
  const unjudged = mutants.length - of - equivalent.length;
  return { noticed: killed, survivors, equivalent, unjudged, percent: of === 0 ? 100 : (killed / of) * 100 };
}

/** Whether what a change has touched is not tried well enough. Of few mutants one alone would decide. */
export function isRed({ noticed, survivors, percent }: Score, mark: number): boolean {
  return noticed + survivors.length >= 20 && percent < mark;
}

function isThe({ file, original, replacement, on }: Equivalent, mutant: Mutant): boolean {
  const isAlike = file === mutant.file && original === mutant.original && replacement === mutant.replacement;
  return isAlike && (on === undefined || on === mutant.lineText);
}

/** `src/domain/votes.ts:28: a > b -> true`, for whoever writes the test. */
export function survivorText({ file, line, original, replacement }: Mutant): string {
  return `${file}:${line}: ${oneLine(original)} -> ${oneLine(replacement)}`;
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 70 ? flat : `${flat.slice(0, 67)}...`;
}

/**
 * What is known of each of these from an earlier report: all that were noticed or hung, while neither they nor their line have
 * changed. What survived is tried again.
 */
export function knownFrom(
  report: readonly Mutant[],
  mutants: readonly (Omit<Mutant, 'status'> & { readonly id: string })[],
): ReadonlyMap<string, string> {
  const keyOf = ({ file, line, original, replacement }: Omit<Mutant, 'status'>) =>
    JSON.stringify([file, line, original, replacement]);
  // One line may have the same mutant twice: where one of them survived, both are tried.
  const open = new Set(report.filter(({ status }) => !noticed.has(status)).map(keyOf));
  const before = new Map(
    report.filter((each) => !open.has(keyOf(each))).map((each) => [keyOf(each), each.status]),
  );
  return new Map(
    mutants.flatMap((mutant) => {
      const status = before.get(keyOf(mutant));
      return status === undefined ? [] : [[mutant.id, status] as const];
    }),
  );
}

/** The text of a part of a file; lines and columns as Stryker counts them, lines from 1 and columns from 1. */
export function partOf(
  source: string,
  start: { readonly line: number; readonly column: number },
  end: { readonly line: number; readonly column: number },
): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n');
}

/** What a journal says of each mutant. One that was begun and has no verdict has hung. */
export function readJournal(text: string): {
  readonly statuses: ReadonlyMap<string, string>;
  readonly fault: string | undefined;
} {
  const statuses = new Map<string, string>();
  let fault: string | undefined;
  // A process that is killed may leave half a line.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  for (const each of whole.filter((line) => line !== '')) {
    const entry: Entry = JSON.parse(each);
    if ('begun' in entry) statuses.set(entry.begun, 'Timeout');
    else if ('id' in entry) statuses.set(entry.id, entry.status);
    else fault ??= entry.fault;
  }
  return { statuses, fault };
}

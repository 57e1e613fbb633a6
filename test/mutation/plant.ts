import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import type { Lines } from './touched.ts';
import { partOf } from './verdict.ts';

/** A small mistake that waits in the code until its switch is set. */
interface Planted {
  readonly id: string;
  /** Below the root of the project. */
  readonly file: string;
  readonly line: number;
  /** The whole line, without the space around it. */
  readonly lineText: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Planting {
  readonly mutants: readonly Planted[];
  /** What is loaded in the place of a file, by its whole path. */
  readonly code: ReadonlyMap<string, string>;
}

/** Puts every mistake that Stryker knows into files, or into the touched lines of them. */
export async function plant(paths: readonly string[], touched?: readonly Lines[]): Promise<Planting> {
  const files = paths.flatMap((file) => {
    const lines = touched?.filter((each) => each.file === file);
    if (lines?.length === 0) return [];
    return [{ name: resolve(file), file, content: readFileSync(file, 'utf8'), mutate: rangesOf(lines) }];
  });
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const planted = await new Instrumenter(silent).instrument(files, options);
  const known = new Map(files.map(({ name, file, content }) => [name, { file, content }]));
  const mutants = planted.mutants.flatMap(
    ({ id, fileName, location: { start, end }, replacement, status }) => {
      const of = known.get(fileName);
      if (of === undefined || status === 'Ignored') return [];
      const [from, to] = [start, end].map(({ line, column }) => ({ line: line + 1, column: column + 1 }));
      const original = from === undefined || to === undefined ? '' : partOf(of.content, from, to);
      const lineText = (of.content.split('\n')[start.line] ?? '').trim();
      return [{ id, file: of.file, line: start.line + 1, lineText, original, replacement }];
    },
  );
  return { mutants, code: new Map(planted.files.map(({ name, content }) => [name, content])) };
}

/** Globs of files; one that begins with `!` takes files out. */
export function filesOf(globs: readonly string[]): readonly string[] {
  const out = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const into = globs.filter((glob) => !glob.startsWith('!'));
  return globSync(into, { exclude: out }).toSorted();
}

const rangesOf = (lines: readonly Lines[] | undefined) =>
  lines?.map(({ first, last }) => ({
    start: { line: first - 1, column: 0 },
    end: { line: last - 1, column: Number.MAX_SAFE_INTEGER },
  })) ?? true;

const [no, nothing] = [() => false, () => undefined];
const silent = {
  ...{ isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no },
  ...{ isWarnEnabled: no, isErrorEnabled: no, isFatalEnabled: no },
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
};

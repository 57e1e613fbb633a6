import { type Files, folderOf } from './files.ts';

/** What is left out of what Flux applies: `ignores` tells it of a path. */
interface Ignored {
  readonly files: Files;
  /** Some of the paths that are left out, for people. */
  readonly left: readonly string[];
}

/**
 * The files of a repository without those that Flux leaves out: by files `.sourceignore` in any folder, then by the lines of
 * the GitRepository. The last line that matches a file or a folder above it decides, which is not quite what Git does
 * (github.com/fluxcd/pkg, sourceignore and its gitignore).
 */
export function withoutIgnored(files: Files, ignore = ''): Ignored {
  const own = [...files].filter(([path]) => /(^|\/)\.sourceignore$/.test(path));
  const patterns = [
    ...usually.map((line) => patternOf(line, '')),
    ...own.flatMap(([path, text]) => linesOf(text).map((line) => patternOf(line, folderOf(path)))),
    ...linesOf(ignore).map((line) => patternOf(line, '')),
  ].toReversed();
  const isLeftOut = (path: string) => patterns.find((each) => each.matches(path))?.leavesOut === true;
  const left = [...files.keys()].filter((path) => isLeftOut(path));
  const gone = new Set(left);
  return { files: new Map([...files].filter(([path]) => !gone.has(path))), left };
}

/** Those of Flux itself that are for files of YAML. */
const usually = [
  ...['.github/', '.circleci/', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml'],
  ...['cloudbuild.yaml', 'codeship-services.yml', 'codeship-steps.yml', '**/.goreleaser.yml'],
  ...['**/.sops.yaml', '**/.flux.yaml'],
];

const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).filter((line) => !line.startsWith('#') && line.trim() !== '');

interface Pattern {
  readonly leavesOut: boolean;
  matches(path: string): boolean;
}

function patternOf(line: string, folder: string): Pattern {
  const isIncluding = line.startsWith('!');
  const bare = (isIncluding ? line.slice(1) : line).replace(/(?<!\\) +$/, '');
  const isFolder = bare.endsWith('/');
  const text = isFolder ? bare.slice(0, -1) : bare;
  const steps = text.split('/');
  const inside = folder === '' ? '' : `${folder}/`;
  const find = text.includes('/') ? deep : anywhere;
  // One with brackets or a backslash is not read: it is taken to leave out all, and to bring back nothing.
  if (/[[\]\\]/.test(text)) return { leavesOut: !isIncluding, matches: () => !isIncluding };
  return {
    leavesOut: !isIncluding,
    matches: (path) => path.startsWith(inside) && find(steps, path.slice(inside.length).split('/'), isFolder),
  };
}

/** A name without slash: of the file or of any folder above it. */
function anywhere([name = '']: readonly string[], path: readonly string[], isFolder: boolean): boolean {
  return path.some((step, index) => isLike(name, step) && !(isFolder && index === path.length - 1));
}

function deep(pattern: readonly string[], path: readonly string[], isFolder: boolean): boolean {
  const named = pattern.filter((step) => step !== '');
  const steps = named.at(-1) === '**' ? named.slice(0, -1) : named;
  const left = steps.reduce<Left>(after, { rest: path, skips: false });
  return left !== undefined && steps.some((step) => step !== '**') && !(isFolder && left.rest.length === 0);
}

type Left = { readonly rest: readonly string[]; readonly skips: boolean } | undefined;

/** What is left of a path after one step of a pattern, the first that fits; undefined where none does. */
function after(left: Left, step: string): Left {
  if (left === undefined) return undefined;
  if (step === '**') return { ...left, skips: true };
  const { rest, skips } = left;
  if (step.includes('**')) return undefined;
  const at = (skips ? rest : rest.slice(0, 1)).findIndex((each) => isLike(step, each));
  return at < 0 ? undefined : { rest: rest.slice(at + 1), skips: false };
}

/** Go's filepath.Match without brackets. No expression is made of it: it comes from a repository and may be costly. */
function isLike(pattern: string, name: string): boolean {
  let [star, mark, at, from] = [-1, 0, 0, 0];
  while (from < name.length) {
    if (pattern[at] === '*') {
      [star, mark] = [at, from];
      at += 1;
    } else if (pattern[at] === '?' || (at < pattern.length && pattern[at] === name[from])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      from = mark;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

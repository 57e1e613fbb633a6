import { dirname, join } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import * as is from 'typescript/unstable/ast/is';
import { type Source, walk } from './source.ts';

/**
 * The rooms of src, its folders and the single files beside them, and what each may import besides itself: rooms, or
 * files of a room. A room that is missing here is a defect.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  actions: ['domain'],
  stages: ['domain', 'actions'],
  workflow: ['domain', 'actions', 'stages'],
  adapters: ['domain', 'actions', 'workflow'],
  simulator: [],
  policy: ['domain', 'config-fault.ts'],
  'config-fault.ts': [],
  'config-git.ts': ['config-fault.ts'],
  'config-served.ts': [],
  'clock.ts': ['workflow'],
  // Playbooks are checked by the reader of commands, and each alert source names its own variable.
  'config.ts': [
    'domain',
    'stages',
    'policy',
    'config-fault.ts',
    'config-git.ts',
    'config-served.ts',
    'adapters/http/alert-sources.ts',
  ],
  'clusters-at-hand.ts': ['domain', 'policy', 'adapters', 'workflow', 'config-fault.ts'],
  'http-side.ts': ['workflow', 'adapters', 'config.ts'],
  'main.ts': [
    'domain',
    'stages',
    'workflow',
    'adapters',
    'policy',
    'config.ts',
    'config-fault.ts',
    'clock.ts',
    'clusters-at-hand.ts',
    'http-side.ts',
  ],
  cli: [
    'domain',
    'actions',
    'stages',
    'workflow',
    'adapters',
    'policy',
    'config.ts',
    'config-fault.ts',
    'clock.ts',
    'main.ts',
    'simulator',
  ],
  'cli.ts': ['cli'],
};

/** `adapters` for `src/adapters/http/route.ts`, `main.ts` for `src/main.ts`. */
export const roomOf = (path: string): string => path.split('/')[1] ?? '';

export interface Import {
  readonly source: Source;
  readonly specifier: string;
  /** The imported file from the root, or undefined for a package. */
  readonly file: string | undefined;
}

/** Everything a file imports, exports again or loads later. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const add = (specifier: string) =>
    found.push({
      source,
      specifier,
      file: specifier.startsWith('.') ? join(dirname(source.path), specifier) : undefined,
    });
  walk(source.tree, (node) => {
    if (
      (is.isImportDeclaration(node) || is.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      if (is.isStringLiteral(node.moduleSpecifier)) add(node.moduleSpecifier.text);
    }
    if (is.isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
      const [first] = node.arguments;
      if (first !== undefined && is.isStringLiteral(first)) add(first.text);
    }
  });
  return found;
}

/** The imports that `mayImport` does not allow, as `src/a.ts imports ../b.ts`. */
export function upwards(imports: readonly Import[]): string[] {
  return imports.filter(isUpwards).map(({ source, specifier }) => `${source.path} imports ${specifier}`);
}

function isUpwards({ source, file }: Import): boolean {
  if (file === undefined) return false;
  const [from, to] = [roomOf(source.path), roomOf(file)];
  const allowed = mayImport[from] ?? [];
  return from !== to && !allowed.includes(to) && !allowed.some((each) => file === `src/${each}`);
}

/** Every way from a file over its imports back to itself, as one line each. */
export function cycles(imports: readonly Import[]): string[] {
  const graph = new Map<string, string[]>();
  for (const { source, file } of imports) {
    if (file !== undefined) graph.set(source.path, [...(graph.get(source.path) ?? []), file]);
  }
  return [...graph.keys()].flatMap((start) => cycleFrom(graph, start));
}

/** A path of imports from `start` back to itself, as one line; nothing if there is none. */
function cycleFrom(graph: Map<string, string[]>, start: string): string[] {
  const seen = new Set<string>();
  const open: string[][] = [[start]];
  for (let trail = open.pop(); trail !== undefined; trail = open.pop()) {
    for (const next of graph.get(trail.at(-1) ?? '') ?? []) {
      if (next === start) return [[...trail, next].join(' -> ')];
      if (!seen.has(next)) open.push([...trail, next]);
      seen.add(next);
    }
  }
  return [];
}

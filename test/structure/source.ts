import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/** The repository's folder. */
export const root = resolve(import.meta.dirname, '../..');

/** One source file of the project: its path from the root, its parse tree, its number of lines. */
export interface Source {
  readonly path: string;
  readonly tree: SourceFile;
  readonly lines: number;
}

/** Every TypeScript file of src and migrations, parsed by the compiler itself. */
export function readSources(): { sources: readonly Source[]; close: () => void } {
  const api = new API({ cwd: root });
  const config = resolve(root, 'tsconfig.json');
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  if (project === undefined) throw new Error(`the compiler did not open ${config}`);
  const sources = project.program.getSourceFileNames().flatMap((file) => {
    const path = relative(root, file);
    const tree =
      /^(src|migrations|test)\//.test(path) && existsSync(file)
        ? project.program.getSourceFile(file)
        : undefined;
    return tree === undefined ? [] : [{ path, tree, lines: tree.text.split('\n').length }];
  });
  return { sources, close: () => api.close() };
}

/** Calls `visit` for every node below `node`. */
export function walk(node: Node, visit: (node: Node) => void): void {
  node.forEachChild((child) => {
    visit(child);
    walk(child, visit);
  });
}

/** `src/main.ts:12`: where a node begins. */
export function placeOf(source: Source, node: Node): string {
  return `${source.path}:${lineOf(source, node.getStart(source.tree))}`;
}

export function lineOf(source: Source, position: number): number {
  return source.tree.text.slice(0, position).split('\n').length;
}

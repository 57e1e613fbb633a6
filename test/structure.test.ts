import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import * as is from 'typescript/unstable/ast/is';
import { afterAll, describe, expect, test } from 'vitest';
import { lineOf, placeOf, readSources, root, type Source, walk } from './structure/source.ts';

const { sources, close } = readSources();
afterAll(close);

const inSrc = sources.filter((source) => source.path.startsWith('src/'));
const shipped = sources.filter((source) => !source.path.startsWith('test/'));
const pure = inSrc.filter((source) => /^src\/(domain|stages)\//.test(source.path));

/** The rooms, and the rooms each may import from besides itself. */
const mayImport: Record<string, readonly string[]> = {
  domain: [],
  stages: ['domain'],
  workflow: ['domain', 'stages'],
  adapters: ['domain', 'workflow'],
  simulator: ['domain'],
};

/** Packages a room may use; rooms that are not listed may use any. */
const mayUse: Record<string, readonly string[]> = { domain: ['zod'], stages: ['zod'], workflow: [] };

const roomOf = (path: string): string => path.split('/')[1] ?? '';

interface Import {
  readonly source: Source;
  readonly specifier: string;
  /** The imported file from the root, or undefined for a package. */
  readonly file: string | undefined;
}

function importsOf(source: Source): Import[] {
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

const imports = inSrc.flatMap(importsOf);

test('the parser sees the project', () => {
  expect(inSrc.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(inSrc.length);
});

describe('imports point one way', () => {
  const roomed = imports.filter((each) => mayImport[roomOf(each.source.path)] !== undefined);

  test('main, cli -> adapters -> workflow -> stages -> domain', () => {
    const wrong = roomed.filter(({ source, file }) => {
      if (file === undefined) return false;
      const [from, to] = [roomOf(source.path), roomOf(file)];
      return from !== to && !(mayImport[from] ?? []).includes(to);
    });
    expect(wrong.map(({ source, specifier }) => `${source.path} imports ${specifier}`)).toEqual([]);
  });

  test.each(['adapters', 'stages'])('no two rooms of %s know each other', (floor) => {
    const wrong = roomed.filter(({ source, file }) => {
      if (file === undefined || roomOf(source.path) !== floor || roomOf(file) !== floor) return false;
      return source.path.split('/')[2] !== file.split('/')[2];
    });
    expect(wrong.map(({ source, specifier }) => `${source.path} imports ${specifier}`)).toEqual([]);
  });

  test('domain and stages use nothing but zod, workflow nothing at all', () => {
    const wrong = roomed.filter(({ source, specifier, file }) => {
      const allowed = mayUse[roomOf(source.path)];
      return file === undefined && allowed !== undefined && !allowed.includes(specifier);
    });
    expect(wrong.map(({ source, specifier }) => `${source.path} uses ${specifier}`)).toEqual([]);
  });

  test('there are no import cycles', () => {
    const graph = new Map<string, string[]>();
    for (const { source, file } of imports) {
      if (file !== undefined) graph.set(source.path, [...(graph.get(source.path) ?? []), file]);
    }
    expect([...graph.keys()].flatMap((start) => cycleFrom(graph, start))).toEqual([]);
  });

  test('nothing shipped imports a test', () => {
    expect(imports.filter(({ file }) => file?.startsWith('test/')).map(({ source }) => source.path)).toEqual(
      [],
    );
  });
});

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

describe('domain and stages are pure', () => {
  test('no clock, chance, network, timer or process', () => {
    const wrong = pure.flatMap((source) => findAll(source, (node) => isImpure(node, source)));
    expect(wrong).toEqual([]);
  });

  test('no await', () => {
    const wrong = pure.flatMap((source) =>
      findAll(source, (node) => is.isAwaitExpression(node) || node.kind === SyntaxKind.AsyncKeyword),
    );
    expect(wrong).toEqual([]);
  });
});

const forbidden = new Set([
  'fetch',
  'process',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
]);

function isImpure(node: Visited, source: Source): boolean {
  if (is.isIdentifier(node)) return forbidden.has(node.text) && !isPropertyName(node);
  const text = node.getText(source.tree);
  if (is.isPropertyAccessExpression(node)) return text === 'Date.now' || text === 'Math.random';
  return is.isNewExpression(node) && text === 'new Date()';
}

type Visited = Parameters<Parameters<typeof walk>[1]>[0];

function isPropertyName(node: Visited): boolean {
  const { parent } = node;
  return (
    (is.isPropertyAccessExpression(parent) && parent.name === node) ||
    is.isPropertyAssignment(parent) ||
    is.isPropertySignatureDeclaration(parent)
  );
}

function findAll(source: Source, matches: (node: Visited) => boolean): string[] {
  const found: string[] = [];
  walk(source.tree, (node) => {
    if (matches(node)) found.push(placeOf(source, node));
  });
  return found;
}

describe('types are proven, not claimed', () => {
  /** The one address for what cannot be proved. */
  const trustBoundary = 'src/domain/untrusted.ts';

  test('no any', () => {
    expect(
      shipped.flatMap((source) => findAll(source, (node) => node.kind === SyntaxKind.AnyKeyword)),
    ).toEqual([]);
  });

  test('no non-null assertion', () => {
    expect(shipped.flatMap((source) => findAll(source, is.isNonNullExpression))).toEqual([]);
  });

  test('no cast but as const', () => {
    const wrong = shipped
      .filter((source) => source.path !== trustBoundary)
      .flatMap((source) =>
        findAll(
          source,
          (node) =>
            (is.isAsExpression(node) && node.type.getText(source.tree) !== 'const') ||
            is.isTypeAssertion(node),
        ),
      );
    expect(wrong).toEqual([]);
  });

  test('no suppressed compiler or linter finding', () => {
    const wrong = shipped.filter((source) =>
      /@ts-(ignore|expect-error|nocheck)|biome-ignore/.test(source.tree.text),
    );
    expect(wrong.map((source) => source.path)).toEqual([]);
  });
});

describe('a file says what it knows', () => {
  test('no drawer for odds and ends', () => {
    const drawers =
      /(^|\/)(utils?|helpers?|common|types?|misc|interfaces?|constants?|index)(\.[a-z]+)?(\/|$)/;
    expect(sources.map((source) => source.path).filter((path) => drawers.test(path))).toEqual([]);
  });

  test('no file over 400 lines', () => {
    expect(
      sources.filter((source) => source.lines > 400).map((source) => `${source.path}: ${source.lines}`),
    ).toEqual([]);
  });

  test('no function over 75 lines', () => {
    const wrong = shipped
      .filter((source) => source.path !== 'src/main.ts')
      .flatMap((source) => {
        const found: string[] = [];
        walk(source.tree, (node) => {
          if (!is.isFunctionLikeDeclaration(node) || !('body' in node) || node.body === undefined) return;
          const lines = lineOf(source, node.end) - lineOf(source, node.getStart(source.tree));
          if (lines > 75) found.push(`${placeOf(source, node)}: ${lines} lines`);
        });
        return found;
      });
    expect(wrong).toEqual([]);
  });

  test('no class but an error', () => {
    const wrong = shipped.flatMap((source) =>
      findAll(
        source,
        (node) =>
          (is.isClassDeclaration(node) || is.isClassExpression(node)) &&
          !/extends Error\b/.test(node.getText(source.tree).split('{')[0] ?? ''),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a test needs nothing but the repository', () => {
  const tests = sources.filter((source) => source.path.startsWith('test/'));
  const texts = (source: Source, matches: (text: string) => boolean) =>
    findAll(
      source,
      (node) =>
        (is.isStringLiteral(node) || is.isNoSubstitutionTemplateLiteral(node) || is.isTemplateHead(node)) &&
        matches(node.text),
    );

  test('a path that goes up ends at something in it, from where the test is', () => {
    /** No path, but a name that has to be escaped. */
    const name = '../x';
    const leads = (source: Source, path: string) => {
      const file = resolve(root, dirname(source.path), path);
      // Two dots alone would hide how far up a path goes that is put together.
      return path.includes('/') && (file === root || file.startsWith(`${root}/`)) && existsSync(file);
    };
    const wrong = tests.flatMap((source) =>
      texts(source, (text) => /^\.\.(\/|$)/.test(text) && text !== name && !leads(source, text)),
    );
    expect(wrong).toEqual([]);
  });

  test('no path begins in a folder of somebody', () => {
    const own = /^(file:\/\/)?\/(home|root|Users|tmp|mnt|media|opt|srv)\//;
    expect(tests.flatMap((source) => texts(source, (text) => own.test(text)))).toEqual([]);
  });
});

describe('nothing happens behind the back', () => {
  test('only config.ts reads the environment', () => {
    const wrong = inSrc
      .filter((source) => source.path !== 'src/config.ts')
      .flatMap((source) =>
        findAll(
          source,
          (node) => is.isPropertyAccessExpression(node) && /^process\.env\b/.test(node.getText(source.tree)),
        ),
      );
    expect(wrong).toEqual([]);
  });

  test('importing a file does nothing', () => {
    /** The two roots act when they are the program that was started. */
    const roots = ['src/main.ts', 'src/cli.ts'];
    const wrong = inSrc
      .filter((source) => !roots.includes(source.path))
      .flatMap((source) =>
        source.tree.statements
          .filter(
            (statement) =>
              is.isExpressionStatement(statement) ||
              is.isIfStatement(statement) ||
              is.isForOfStatement(statement),
          )
          .map((statement) => placeOf(source, statement)),
      );
    expect(wrong).toEqual([]);
  });

  test('no module mocks: things are passed in', () => {
    const wrong = sources
      .filter((source) => source.path !== 'test/structure.test.ts')
      .filter((source) => /\b(vi|jest)\.(mock|doMock|stubGlobal)\(/.test(source.tree.text));
    expect(wrong.map((source) => source.path)).toEqual([]);
  });
});

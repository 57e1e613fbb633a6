import { existsSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import * as is from 'typescript/unstable/ast/is';
import { afterAll, describe, expect, test } from 'vitest';
import { cycles, importsOf, mayImport, roomOf, upwards } from './structure/imports.ts';
import { lineOf, placeOf, readSources, root, type Source, walk } from './structure/source.ts';
import { unusedExemptions, verbLiterals } from './structure/verb-literals.ts';

const { sources, close } = readSources();
afterAll(close);

const inSrc = sources.filter((source) => source.path.startsWith('src/'));
const shipped = sources.filter((source) => !source.path.startsWith('test/'));
const pure = inSrc.filter((source) => /^src\/(domain|actions|stages)\//.test(source.path));

/** Rooms that only the named rooms may import, and tests. */
const importedBy: Record<string, readonly string[]> = { simulator: ['cli'] };

/** Packages a room may use; rooms that are not listed may use any. */
const mayUse: Record<string, readonly string[]> = {
  domain: ['zod'],
  actions: ['zod'],
  stages: ['zod'],
  workflow: [],
};

/** Packages of one file: the rules for tokens are a pure, synchronous function of a text. */
const mayUseToo: Record<string, string> = {
  'src/domain/text/secrets/token-rules.ts': '@secretlint/secretlint-rule-preset-recommend',
};

const imports = inSrc.flatMap(importsOf);

test('the parser sees the project', () => {
  expect(inSrc.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(inSrc.length);
});

describe('imports point one way', () => {
  test('every folder and file of src says what it may import', () => {
    const rooms = readdirSync('src', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
      .map(({ name }) => name);
    expect(rooms.toSorted()).toEqual(Object.keys(mayImport).toSorted());
  });

  test('main, cli -> adapters -> workflow -> stages -> actions -> domain', () => {
    expect(upwards(imports)).toEqual([]);
  });

  test('the simulator is a program of its own: only cli and tests know it', () => {
    const wrong = imports.filter(({ source, file }) => {
      if (file === undefined || roomOf(source.path) === roomOf(file)) return false;
      return importedBy[roomOf(file)]?.includes(roomOf(source.path)) === false;
    });
    expect(wrong.map(({ source, specifier }) => `${source.path} imports ${specifier}`)).toEqual([]);
  });

  test.each(['adapters', 'stages'])('no two rooms of %s know each other', (floor) => {
    const wrong = imports.filter(({ source, file }) => {
      if (file === undefined || roomOf(source.path) !== floor || roomOf(file) !== floor) return false;
      return source.path.split('/')[2] !== file.split('/')[2];
    });
    expect(wrong.map(({ source, specifier }) => `${source.path} imports ${specifier}`)).toEqual([]);
  });

  test('domain, actions and stages use nothing but zod and the rules for tokens, workflow nothing at all', () => {
    const wrong = imports.filter(({ source, specifier, file }) => {
      const allowed = mayUse[roomOf(source.path)];
      if (file !== undefined || mayUseToo[source.path] === specifier) return false;
      return allowed !== undefined && !allowed.includes(specifier);
    });
    expect(wrong.map(({ source, specifier }) => `${source.path} uses ${specifier}`)).toEqual([]);
  });

  test('there are no import cycles', () => {
    expect(cycles(imports)).toEqual([]);
  });

  test('nothing shipped imports a test', () => {
    expect(imports.filter(({ file }) => file?.startsWith('test/')).map(({ source }) => source.path)).toEqual(
      [],
    );
  });
});

describe('domain, actions and stages are pure', () => {
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
  test('no any', () => {
    expect(
      shipped.flatMap((source) => findAll(source, (node) => node.kind === SyntaxKind.AnyKeyword)),
    ).toEqual([]);
  });

  test('no non-null assertion', () => {
    expect(shipped.flatMap((source) => findAll(source, is.isNonNullExpression))).toEqual([]);
  });

  test('no cast but as const', () => {
    const wrong = shipped.flatMap((source) =>
      findAll(
        source,
        (node) =>
          (is.isAsExpression(node) && node.type.getText(source.tree) !== 'const') || is.isTypeAssertion(node),
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

describe('a verb has one home', () => {
  test('in src/actions and the closed set; nothing else names it', () => {
    expect(inSrc.flatMap(verbLiterals)).toEqual([]);
  });

  test('what is exempt from that is still there', () => {
    expect(unusedExemptions(inSrc)).toEqual([]);
  });
});

test('the measures of the architecture', () => {
  const lengths = inSrc.map(({ lines }) => lines).toSorted((a, b) => a - b);
  const folders = Map.groupBy(inSrc, ({ path }) => dirname(path));
  const measured = {
    'files with verb literals outside src/actions': inSrc.filter((each) => verbLiterals(each).length > 0)
      .length,
    'import cycles': cycles(imports).length,
    'imports upwards': upwards(imports).length,
    'folders with more than 20 files': [...folders.values()].filter(({ length }) => length > 20).length,
    'lines of the median file': lengths[Math.floor(lengths.length / 2)] ?? 0,
    'lines of the largest file': lengths.at(-1) ?? 0,
  };
  console.info(measured);
  const { 'lines of the median file': median, 'lines of the largest file': largest, ...none } = measured;
  expect(Object.entries(none).filter(([, count]) => count > 0)).toEqual([]);
  expect(median).toBeLessThanOrEqual(100);
  expect(largest).toBeLessThanOrEqual(400);
});

test('each migration has a number of its own', () => {
  const numbers = readdirSync('migrations').map((name) => name.slice(0, 4));
  const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  // Two were written side by side and have run; a migration is never renamed.
  expect(twice).toEqual(['0032']);
  expect(numbers.every((number) => /^\d{4}$/.test(number))).toBe(true);
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
    /** The roots act when they are the program that was started. */
    const roots = ['src/main.ts', 'src/cli.ts', 'src/simulator/program.ts'];
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

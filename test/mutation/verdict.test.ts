import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { equivalents } from './equivalent/all.ts';
import { mergedInto, problemOf, reportOf } from './report.ts';
import { rooms } from './rooms.ts';
import { touchedLines } from './touched.ts';
import { isRed, knownFrom, type Mutant, partOf, readJournal, scoreOf, survivorText } from './verdict.ts';

const mutant = (status: string, replacement = 'true'): Mutant => ({
  file: 'src/domain/votes.ts',
  line: 28,
  lineText: 'return a > b;',
  original: 'a > b',
  replacement,
  status,
});
const known = {
  file: 'src/domain/votes.ts',
  original: 'a > b',
  replacement: 'a >= b',
  why: 'They are never the same.',
};

describe('the score of a room', () => {
  test('is the share of those that were noticed, of those that are not equivalent', () => {
    const mutants = [
      ...['Killed', 'Timeout', 'Killed', 'Survived', 'NoCoverage'].map((status) => mutant(status)),
      mutant('Survived', 'a >= b'),
    ];
    const { percent, noticed, survivors, equivalent } = scoreOf(mutants, [known]);
    expect({ percent, noticed, survivors: survivors.length, equivalent: equivalent.length }).toEqual({
      percent: 60,
      noticed: 3,
      survivors: 2,
      equivalent: 1,
    });
  });

  test('does not count one that is noticed although it is said to be equivalent as anything else', () => {
    expect(scoreOf([mutant('Killed', 'a >= b')], [known])).toMatchObject({ percent: 100, equivalent: [] });
  });

  test('excuses on the line alone on which it is equivalent, where its file has the same on others', () => {
    const of = (on: string) => scoreOf([mutant('Survived', 'a >= b')], [{ ...known, on }]).survivors.length;
    expect([of('return a > b;'), of('if (a > b) return;')]).toEqual([0, 1]);
  });

  test('leaves out what says nothing of the tests, and is whole where there is nothing', () => {
    const nothing = ['Untried', 'RuntimeError'].map((status) => mutant(status));
    expect(scoreOf(nothing, [])).toMatchObject({ percent: 100, noticed: 0, survivors: [], unjudged: 2 });
  });
});

test.each<[string, number, number, boolean]>([
  ['below the mark', 17, 3, true],
  ['at the mark', 18, 2, false],
  ['below the mark, of too few to say', 10, 9, false],
  ['without any mutant', 0, 0, false],
])('a change is red %s', (_name, killed, survived, red) => {
  const mutants = [...Array(killed).fill('Killed'), ...Array(survived).fill('Survived')];
  expect(
    isRed(
      scoreOf(
        mutants.map((status) => mutant(status)),
        [],
      ),
      90,
    ),
  ).toBe(red);
});

test('what was noticed before is known, and what survived or stands elsewhere is tried again', () => {
  const report = [
    ...[mutant('Killed', 'a >= b'), mutant('Timeout', 'a < b'), mutant('Survived', 'true')],
    ...[mutant('RuntimeError', 'false'), mutant('Untried', 'a'), { ...mutant('Killed', 'b'), line: 27 }],
    ...[mutant('Killed', 'twice'), mutant('Survived', 'twice')],
  ];
  const planted = report.map((each, id) => ({ ...each, line: 28, id: String(id) }));
  expect(knownFrom(report, planted)).toEqual(
    new Map([
      ['0', 'Killed'],
      ['1', 'Timeout'],
    ]),
  );
});

describe('the report of a room', () => {
  const [a, b, gone] = ['src/a.ts', 'src/b.ts', 'src/gone.ts'];
  const at = (file: string, line: number, status: string) => ({ ...mutant(status), file, line });
  const before = [at(gone, 1, 'Killed'), at(a, 1, 'Survived'), at(a, 9, 'Killed'), at(b, 1, 'Survived')];

  test.each<[string, boolean, readonly Mutant[], readonly Mutant[]]>([
    [
      'keeps other files',
      false,
      [at(b, 2, 'Killed')],
      [at(a, 1, 'Survived'), at(a, 9, 'Killed'), at(b, 2, 'Killed')],
    ],
    [
      'keeps other lines',
      true,
      [at(a, 1, 'Killed')],
      [at(a, 1, 'Killed'), at(a, 9, 'Killed'), at(b, 1, 'Survived')],
    ],
    [
      'is only what was tried',
      false,
      [at(a, 3, 'Killed'), at(b, 3, 'Killed')],
      [at(a, 3, 'Killed'), at(b, 3, 'Killed')],
    ],
  ])('%s, of which nothing was tried', (_name, byLine, judged, after) => {
    expect(mergedInto(before, judged, { of: [a, b], byLine })).toEqual(after);
  });

  test('is not there before the room was tried', () => {
    expect(reportOf('reports/mutation/no-such-room.json')).toBeUndefined();
  });

  test.each<
    [
      string,
      { files?: string; again: boolean },
      readonly string[],
      readonly Mutant[] | undefined,
      string | undefined,
    ]
  >([
    ['no file', { files: 'src/c*', again: false }, [], [], 'No file of gate, rules matches --files src/c*.'],
    [
      'no report',
      { again: true },
      [a],
      undefined,
      'There is no report of gate: run it without --again first.',
    ],
    ['no report of a room that is not asked for', { files: 'src/b*', again: true }, [], undefined, undefined],
    ['a report', { again: true }, [a], [], undefined],
    ['no report, which is not needed', { again: false }, [a], undefined, undefined],
  ])('with %s', (_name, options, files, report, said) => {
    const other = options.files === 'src/c*' ? [] : [b];
    const asked = [
      { name: 'gate', files, report },
      { name: 'rules', files: other, report: [] },
    ];
    expect(problemOf(asked, options)).toBe(said);
  });
});

test('each mutant that is said to be equivalent on a line is so on a line that is there', () => {
  for (const { file, original, on } of equivalents.filter((each) => each.on !== undefined)) {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim());
    expect(
      lines.filter((line) => line === on && line.includes(original)),
      `${file}: ${on}`,
    ).not.toEqual([]);
  }
});

test('a survivor is told on one line', () => {
  expect(survivorText({ ...mutant('Survived'), original: 'a\n    && b' })).toBe(
    'src/domain/votes.ts:28: a && b -> true',
  );
});

test('the text of a part of a file, of one line and of several', () => {
  const source = 'const a = 1;\nconst b = {\n  c: 2,\n};\n';
  expect(partOf(source, { line: 1, column: 11 }, { line: 1, column: 12 })).toBe('1');
  expect(partOf(source, { line: 2, column: 11 }, { line: 4, column: 2 })).toBe('{\n  c: 2,\n}');
});

describe('the journal of a process that tries mutants', () => {
  const told = (...entries: readonly object[]) =>
    entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

  test('a mutant that was begun and has no verdict has hung, and half a line says nothing', () => {
    const text = told({ begun: '1' }, { id: '1', status: 'Killed' }, { begun: '2' });
    expect(readJournal(`${text}{"id":"2","sta`)).toEqual({
      statuses: new Map([
        ['1', 'Killed'],
        ['2', 'Timeout'],
      ]),
      fault: undefined,
    });
  });

  test('what kept it from going on is told, and the first of it', () => {
    expect(readJournal(told({ fault: 'no test' }, { fault: 'more' })).fault).toBe('no test');
    expect(readJournal('')).toEqual({ statuses: new Map(), fault: undefined });
  });
});

test('what a change has touched: lines that are there now, and none of a file that is gone', () => {
  const diff = [
    ...['diff --git a/src/a.ts b/src/a.ts', '--- a/src/a.ts', '+++ b/src/a.ts'],
    ...[
      '@@ -3 +3,2 @@ function a() {',
      '-x',
      '+y',
      '+z',
      '@@ -9,2 +10,0 @@',
      '-p',
      '-q',
      '@@ -20 +19 @@',
      '-r',
      '+s',
    ],
    ...['diff --git a/src/b.ts b/src/b.ts', '--- a/src/b.ts', '+++ /dev/null', '@@ -1 +0,0 @@', '-gone'],
  ].join('\n');
  expect(touchedLines(diff)).toEqual([
    { file: 'src/a.ts', first: 3, last: 4 },
    { file: 'src/a.ts', first: 19, last: 19 },
  ]);
});

test('a line of a file that looks like a name of one is none', () => {
  const diff = [
    '--- a/src/a.ts',
    '+++ b/src/a.ts',
    '@@ -0,0 +1,2 @@',
    '+++ b/src/c.ts',
    '+x',
    '@@ -5 +7 @@',
    '-y',
    '+z',
  ];
  expect(touchedLines(diff.join('\n')).map(({ file }) => file)).toEqual(['src/a.ts', 'src/a.ts']);
});

test('each room has a mark that its purpose asks for', () => {
  for (const [name, { mark }] of Object.entries(rooms)) expect(mark, name).toBeGreaterThanOrEqual(85);
});

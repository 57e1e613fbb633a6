import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { matchesGlob, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { equivalents } from './equivalent.ts';
import { type Room, rooms } from './rooms.ts';
import { touchedLines } from './touched.ts';
import { type Mutant, partOf, type Score, scoreOf, survivorText } from './verdict.ts';

/*
 * Plants small mistakes in the code of a room, one at a time, and looks whether its tests notice.
 *
 *   npm run test:mutation                       every room: hours
 *   npm run test:mutation -- decide gate        these rooms
 *   npm run test:mutation -- --since HEAD~1     what a change has touched
 *
 * What was tried before and has not changed since is not tried again: reports/mutation/ROOM.json. It ends with 1 where a
 * room is below its mark.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    concurrency: { type: 'string', default: '2' },
    fresh: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => rooms[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no room ${unknown.join(', ')}. There are: ${Object.keys(rooms).join(', ')}.`);
  process.exit(2);
}

const end = Date.now() + Number(values.minutes) * 60_000;
const touched =
  values.since === undefined
    ? undefined
    : touchedLines(
        execFileSync('git', ['diff', '--unified=0', '--no-color', values.since, '--', 'src'], {
          encoding: 'utf8',
          maxBuffer: 64 * 1024 * 1024,
        }),
      );

let isBelow = false;
for (const [name, room] of Object.entries(rooms)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const code = touched === undefined ? room.code : partsOf(room);
  if (code.length === 0) continue;
  if (Date.now() > end) {
    console.log(`${name}: not tried, the ${values.minutes} minutes are over`);
    continue;
  }
  const score = scoreOf(await mutantsOf(name, room, code), equivalents);
  tell(name, room, score);
  isBelow ||= score.percent < room.mark;
}
process.exit(isBelow ? 1 : 0);

/** The touched lines that belong to a room, as Stryker takes them: `FILE:FIRST-LAST`. */
function partsOf({ code }: Room): readonly string[] {
  const [out, into] = [
    code.filter((glob) => glob.startsWith('!')),
    code.filter((glob) => !glob.startsWith('!')),
  ];
  return (touched ?? [])
    .filter(({ file }) => into.some((glob) => matchesGlob(file, glob)))
    .filter(({ file }) => !out.some((glob) => matchesGlob(file, glob.slice(1))))
    .map(({ file, first, last }) => `${file}:${first}-${last}`);
}

async function mutantsOf(name: string, room: Room, code: readonly string[]): Promise<readonly Mutant[]> {
  process.env['FIREBREAK_MUTATION_TESTS'] = room.tests.join(' ');
  const stryker = new Stryker({
    mutate: [...code],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: Number(values.concurrency),
    incremental: touched === undefined,
    incrementalFile: `reports/mutation/${name}.json`,
    force: values.fresh,
    ignorePatterns: ['/docs', '/deploy', '/dev', '/reports'],
    // Its rewriting of tsconfig.json needs the API of TypeScript 6 and is of no use here: nothing is compiled.
    tsconfigFile: 'no-tsconfig.json',
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 20,
    warnings: false,
  });
  const results = await stryker.runMutationTest();
  return results.map(({ fileName, location: { start, end: to }, replacement, status }) => ({
    file: relative(process.cwd(), fileName),
    line: start.line,
    original: partOf(readFileSync(fileName, 'utf8'), start, to),
    replacement: replacement ?? '',
    status,
  }));
}

function tell(name: string, { mark }: Room, { noticed, survivors, equivalent, percent }: Score): void {
  for (const survivor of survivors) console.log(survivorText(survivor));
  const all = noticed + survivors.length;
  const besides = equivalent.length === 0 ? '' : `, ${equivalent.length} equivalent`;
  const word = percent < mark ? 'BELOW THE MARK' : 'reached';
  console.log(
    `${name}: ${percent.toFixed(1)} % of ${all} mutants noticed${besides}; mark ${mark} %: ${word}`,
  );
}

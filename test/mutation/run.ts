import { mkdirSync, writeFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { parseArgs } from 'node:util';
import { attempt } from './attempt.ts';
import { changeOf, touchedSince } from './change.ts';
import { equivalents } from './equivalent/all.ts';
import { filesOf, plant } from './plant.ts';
import { mergedInto, problemOf, reportOf } from './report.ts';
import { type Room, rooms } from './rooms.ts';
import { isRed, knownFrom, type Mutant, type Score, scoreOf, survivorText } from './verdict.ts';

/*
 * Plants small mistakes in the code of a room, one at a time, and looks whether its tests notice.
 *
 *   npm run test:mutation                       every room
 *   npm run test:mutation -- decide gate        these rooms
 *   npm run test:mutation -- rules --files 'src/stages/evaluate/rules/hard/*'   what of a room is in these files
 *   npm run test:mutation -- rules --again      what survived the last time; the rest counts as it did then
 *   npm run test:mutation -- --since HEAD~1     what has been touched since
 *   npm run test:mutation -- --change           what the last change has touched, as CI does
 *
 * All verdicts are in reports/mutation/ROOM.json afterwards; of files and lines that were not asked for those of before. It ends with 1 where a
 * room is below its mark, and with 2 where it cannot do what it is asked for.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: 'string' },
    files: { type: 'string' },
    again: { type: 'boolean', default: false },
    change: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '600' },
  },
});

const unknown = positionals.filter((name) => rooms[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no room ${unknown.join(', ')}. There are: ${Object.keys(rooms).join(', ')}.`);
  process.exit(2);
}

// Those without a database first: where time is short, more of them are seen.
const asked = Object.entries(rooms)
  .filter(([name]) => positionals.length === 0 || positionals.includes(name))
  .toSorted(([, a], [, b]) => Number(a.needsDatabase ?? false) - Number(b.needsDatabase ?? false));
const problem = problemOf(
  asked.map(([name, room]) => ({ name, files: codeOf(room), report: reportOf(pathOf(name)) })),
  values,
);
if (problem !== undefined) {
  console.error(problem);
  process.exit(2);
}

const end = Date.now() + Number(values.minutes) * 60_000;
const since = values.change ? changeOf(process.env['FIREBREAK_MUTATION_BASE']) : values.since;
if (values.change && since === undefined) {
  console.log(
    'It is not known what the last change has touched: this copy has no commit before it. Nothing was tried.',
  );
  process.exit(0);
}
const touched = since === undefined ? undefined : touchedSince(since);
if (values.change) {
  const late = () => {
    console.log('This has taken half a minute longer than it may. It says no more.');
    process.exit(0);
  };
  setTimeout(late, end + 30_000 - Date.now()).unref();
}

let isBelow = false;
for (const [name, room] of asked) {
  if (Date.now() > end) {
    console.log(`${name}: not tried, the ${values.minutes} minutes are over`);
    continue;
  }
  try {
    const mutants = await mutantsOf(name, room);
    if (mutants.length === 0) continue;
    const score = scoreOf(mutants, equivalents);
    tell(name, room, score);
    isBelow ||= values.change ? isRed(score, room.mark) : score.percent < room.mark;
  } catch (cause) {
    if (!values.change) throw cause;
    console.log(`${name}: not tried. ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
process.exit(isBelow ? 1 : 0);

async function mutantsOf(name: string, room: Room): Promise<readonly Mutant[]> {
  const planting = await plant(codeOf(room), touched);
  if (planting.mutants.length === 0) return [];
  const tests = filesOf([...room.tests, '!**/*.property.test.ts']);
  const report = reportOf(pathOf(name)) ?? [];
  const known = values.again ? knownFrom(report, planting.mutants) : undefined;
  const statuses = await attempt(planting, tests, end, known);
  const judged = planting.mutants.map((each) => ({ ...each, status: statuses.get(each.id) ?? 'Untried' }));
  mkdirSync('reports/mutation', { recursive: true });
  const all = mergedInto(report, judged, { of: filesOf(room.code), byLine: touched !== undefined });
  writeFileSync(pathOf(name), JSON.stringify(all, undefined, 1));
  return judged;
}

function codeOf(room: Room): readonly string[] {
  const { files } = values;
  return filesOf(room.code).filter((file) => files === undefined || matchesGlob(file, files));
}

function pathOf(name: string): string {
  return `reports/mutation/${name}.json`;
}

function tell(
  name: string,
  { mark }: Room,
  { noticed, survivors, equivalent, unjudged, percent }: Score,
): void {
  for (const survivor of survivors) console.log(survivorText(survivor));
  const besides = [
    ...(equivalent.length === 0 ? [] : [`, ${equivalent.length} equivalent`]),
    ...(unjudged === 0 ? [] : [`, ${unjudged} without a verdict`]),
  ].join('');
  const word = percent < mark ? 'BELOW THE MARK' : 'reached';
  const all = noticed + survivors.length;
  console.log(
    `${name}: ${percent.toFixed(1)} % of ${all} mutants noticed${besides}; mark ${mark} %: ${word}`,
  );
}

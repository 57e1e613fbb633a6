import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { attempt } from './attempt.ts';
import { equivalents } from './equivalent.ts';
import { filesOf, plant } from './plant.ts';
import { type Room, rooms } from './rooms.ts';
import { touchedLines } from './touched.ts';
import { type Mutant, type Score, scoreOf, survivorText } from './verdict.ts';

/*
 * Plants small mistakes in the code of a room, one at a time, and looks whether its tests notice.
 *
 *   npm run test:mutation                       every room
 *   npm run test:mutation -- decide gate        these rooms
 *   npm run test:mutation -- --since HEAD~1     what a change has touched
 *
 * All verdicts are in reports/mutation/ROOM.json afterwards. It ends with 1 where a room is below its mark.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: 'string' },
    minutes: { type: 'string', default: '600' },
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
  if (Date.now() > end) {
    console.log(`${name}: not tried, the ${values.minutes} minutes are over`);
    continue;
  }
  const score = scoreOf(await mutantsOf(name, room), equivalents);
  tell(name, room, score);
  isBelow ||= score.percent < room.mark;
}
process.exit(isBelow ? 1 : 0);

async function mutantsOf(name: string, room: Room): Promise<readonly Mutant[]> {
  const planting = await plant(room.code, touched);
  if (planting.mutants.length === 0) return [];
  const tests = filesOf([...room.tests, '!**/*.property.test.ts']);
  const statuses = await attempt(planting, tests, end);
  const judged = planting.mutants.map((each) => ({ ...each, status: statuses.get(each.id) ?? 'Untried' }));
  mkdirSync('reports/mutation', { recursive: true });
  writeFileSync(`reports/mutation/${name}.json`, JSON.stringify(judged, undefined, 1));
  return judged;
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

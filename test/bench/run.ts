import { parseArgs } from 'node:util';
import { measureAcknowledge } from './acknowledge.ts';
import { measureAudit } from './audit.ts';
import { measureClick } from './click.ts';
import { measureEvaluator } from './evaluator/measure.ts';
import { measureHistory } from './history.ts';
import { measureHostile } from './hostile.ts';
import { measureStart } from './idle.ts';
import { measureIntake } from './intake.ts';
import { measureLives } from './lives.ts';
import { clearShelf, startProgram } from './process.ts';
import { measureRoad } from './road.ts';
import { openStage, type Stage } from './stage.ts';
import { measureStorm } from './storm.ts';
import { type Row, render } from './table.ts';
import { measureTakeover } from './takeover.ts';

/**
 * Measures Firebreak beside its own floor: each figure in turns with a reference, in one run, because what a machine
 * does from one minute to the next is worth more than most improvements. Everything is on loopback and bounded.
 *
 *   npm run bench               about eight minutes
 *   npm run bench -- --quick    about half a minute, for a first look
 *   npm run bench -- --only evaluator,start
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
const quick = values.quick ?? false;
const rounds = quick ? 2 : 5;

const staged = {
  start: (stage: Stage) => measureStart(stage, { rounds: quick ? 2 : 7, seconds: quick ? 0.5 : 2 }),
  answer: async (stage: Stage) =>
    withBoth(stage, (both) => measureAcknowledge(stage, both, { rounds, seconds: quick ? 1 : 2.5 })),
  click: async (stage: Stage) =>
    withBoth(stage, (both) => measureClick(stage, both, { rounds, seconds: quick ? 1 : 2.5 })),
  intake: async (stage: Stage) =>
    withBoth(stage, (both) => measureIntake({ ...both, effort: { rounds, seconds: quick ? 1 : 2.5 } })),
  road: async (stage: Stage) =>
    withBoth(stage, ({ ours }) => measureRoad(stage, ours, { turns: quick ? 3 : 10, idle: quick ? 5 : 20 })),
  storm: async (stage: Stage) => withBoth(stage, ({ ours }) => measureStorm(stage, ours)),
  history: async (stage: Stage) =>
    withBoth(stage, ({ ours }) =>
      measureHistory(stage, ours, {
        ...{ rounds, seconds: quick ? 0.3 : 1 },
        ...(quick ? { incidents: 100_000 } : {}),
      }),
    ),
} as const;

const alone = {
  evaluator: () => measureEvaluator({ rounds, seconds: quick ? 0.3 : 1.5 }),
  audit: () => measureAudit({ rounds, seconds: quick ? 0.3 : 1 }),
  lives: () => measureLives({ turns: quick ? 1 : 5 }),
  takeover: () => measureTakeover(quick ? { kills: 3, stops: 1 } : { kills: 9, stops: 3 }),
  hostile: () => measureHostile({ rounds, seconds: quick ? 0.3 : 1 }),
} as const;

type Both = Parameters<typeof measureClick>[1];

/** Both are up all the while; only one at a time is asked. */
async function withBoth<T>(stage: Stage, measure: (both: Both) => Promise<T>): Promise<T> {
  const ours = await startProgram('firebreak.ts', stage.site);
  const reference = await startProgram('reference.mjs', stage.site);
  try {
    return await measure({ ours, reference });
  } finally {
    await Promise.all([ours.stop(), reference.stop()]);
  }
}

/** Each on a stage of its own: what one has left to say, at a message a second, the next would wait for. */
async function onStage<T>(measure: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage();
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}

const chosen = (name: string): boolean => values.only === undefined || values.only.split(',').includes(name);

const rows: Row[] = [];

/** One that fails is told, and costs none of the others its figures. */
async function keep(name: string, measure: () => Promise<readonly Row[]>): Promise<void> {
  process.stderr.write(`measuring: ${name}\n`);
  try {
    rows.push(...(await measure()));
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

for (const [name, measure] of Object.entries(alone).filter(([each]) => chosen(each))) {
  await keep(name, measure);
}
for (const [name, measure] of Object.entries(staged).filter(([each]) => chosen(each))) {
  await keep(name, () => onStage(measure));
}
await clearShelf();
// What was measured may keep a timer of its own; the bench is over.
process.stdout.write(`${render(rows)}\n`, () => process.exit());

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Program, startProgram } from '../bench/process.ts';
import { production } from '../bench/programs/site.ts';
import { openStage, type Stage, workloadName } from '../bench/stage.ts';
import { storm, untriaged } from '../bench/storm.ts';
import { pace } from '../chaos/witness.ts';
import { startFlood } from './flood.ts';
import { carryOut, countOf, type Loaded, openCards, sendBodies, soak } from './load.ts';
import { slopeOf, type Watched, watchMemory } from './memory.ts';

/*
 * What Firebreak holds in memory at most, and whether it comes to hold more and more: with a heap that is a quarter of the
 * usual one, a storm of 10,000 alerts, 50 bodies of 4 MiB, a thousand cards that nobody decides, logs and refusals of 50 MiB,
 * and then a busy time. Exit code 1 where a bound is broken.
 *
 *   npm run soak                    about two minutes
 *   npm run soak -- --minutes 60    with an hour's soak
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0.5' },
    alerts: { type: 'string', default: '10000' },
    cards: { type: 'string', default: '1000' },
    bodies: { type: 'string', default: '50' },
    /** MiB of the old generation, see node --v8-options. */
    heap: { type: 'string', default: '128' },
    /** More flags of Node's, with blanks between them. */
    flags: { type: 'string', default: '' },
  },
});
const minutes = Number(values.minutes);

/** MiB, and MiB an hour. */
const bounds = { resident: 220, slope: 1 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const mebibytes = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} MiB`;

/** Says what a part did, and the most memory that was seen in it. */
async function part(watched: Watched, name: string, play: () => Promise<string>): Promise<void> {
  const from = watched.samples.length;
  const began = performance.now();
  const did = await play();
  const seen = watched.samples.slice(from).map(({ resident }) => resident);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  say(`${name}: at most ${mebibytes(Math.max(...seen))}, ${seconds} s; ${did}`);
}

async function quiet(stage: Stage): Promise<string> {
  for (let looks = 0; looks < 240 && (await untriaged(stage)) > 0; looks += 1) await sleep(250);
  return `${await untriaged(stage)} still to be looked at`;
}

/** A workload whose new pods crash, and one whose change is refused, each with 50 MiB of text about it. */
const crashing = workloadName(14);
const refused = workloadName(15);

async function floods(loaded: Loaded, poured: () => { answers: number; bytes: number }): Promise<string> {
  const image = (name: string) =>
    `set image deployment/${name} ${name}=registry.example/web:bad -n ${production}`;
  await carryOut(loaded, crashing, image(crashing));
  await carryOut(loaded, refused, image(refused));
  const over = `select count(*) from remediations where command like 'set image%' and state in ('failed', 'inconclusive', 'no_action')`;
  for (let looks = 0; looks < 600 && (await countOf(loaded.stage, over)) < 2; looks += 1) await sleep(100);
  const longest = await countOf(
    loaded.stage,
    'select coalesce(max(length(stderr)), 0) as count from automation_operation_log',
  );
  const { answers, bytes } = poured();
  return `${answers} answers of 50 MiB, of which ${mebibytes(bytes / 1024 / 1024)} were taken in all, and ${longest} characters kept at most`;
}

async function play(stage: Stage): Promise<boolean> {
  const { cluster } = stage.site;
  if (cluster === undefined) throw new Error('The stage has no cluster.');
  const flood = await startFlood(cluster, refused);
  const more = values.flags.split(' ').filter((flag) => flag !== '');
  const flags = [`--max-old-space-size=${values.heap}`, ...more];
  const program = await startProgram('firebreak.ts', { ...stage.site, cluster: flood.url }, flags);
  const watched = watchMemory(program.pid);
  try {
    await stage.knex.raw(pace);
    stage.slack.useHttp(`http://127.0.0.1:${program.port}/slack/events`);
    const loaded: Loaded = { stage, port: program.port };
    await part(watched, 'idle', async () => sleep(3_000).then(() => `a heap of ${values.heap} MiB`));
    await part(watched, `storm of ${values.alerts} alerts`, async () => {
      await storm(program.port, Number(values.alerts) / 10);
      return quiet(stage);
    });
    await part(watched, `${values.bodies} bodies of 4 MiB`, async () => {
      const { taken, again } = await sendBodies(loaded, Number(values.bodies));
      return `${taken} taken, ${again} times asked to send one again; ${await quiet(stage)}`;
    });
    await part(watched, `${values.cards} open cards`, async () => {
      const waiting = await openCards(loaded, Number(values.cards));
      return `${waiting} wait for people`;
    });
    await part(watched, 'logs and refusals without end', () => floods(loaded, flood.poured));
    return await measured(watched, loaded);
  } catch (fault) {
    say(`Firebreak is gone or does not answer: ${fault instanceof Error ? fault.message : String(fault)}`);
    return false;
  } finally {
    watched.stop();
    await end(program);
    flood.close();
  }
}

async function measured(watched: Watched, loaded: Loaded): Promise<boolean> {
  await part(watched, 'until it is warm', () => soak(loaded, minutes * 15).then(() => 'a busy time'));
  const from = watched.samples.length;
  await part(watched, 'soak', () => soak(loaded, minutes * 60).then(() => 'a busy time'));
  const peak = await watched.peak();
  say(`at most ${mebibytes(peak)}, bound ${bounds.resident} MiB: ${verdict(peak <= bounds.resident)}`);
  const slope = slopeOf(watched.samples.slice(from));
  if (slope === undefined || slope.within > bounds.slope * 2) {
    const how = slope === undefined ? 'nothing' : `${slope.perHour.toFixed(1)} ± ${slope.within.toFixed(1)}`;
    say(`slope: ${how} MiB/h in ${minutes} min, which is too short a time to tell (--minutes 60)`);
    return peak <= bounds.resident;
  }
  const isFlat = slope.perHour - slope.within <= bounds.slope;
  say(`slope: ${slope.perHour.toFixed(1)} ± ${slope.within.toFixed(1)} MiB/h, bound 1: ${verdict(isFlat)}`);
  return peak <= bounds.resident && isFlat;
}

const verdict = (holds: boolean): string => (holds ? 'holds' : 'BROKEN');

/** One that is gone already cannot be told to go. */
async function end(program: Program): Promise<void> {
  await program.stop().catch(() => undefined);
}

const stage = await openStage();
const holds = await play(stage).finally(() => stage.close());
// What was measured may keep a timer of its own; the run is over.
process.exit(holds ? 0 : 1);

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/adapters/postgres/embedded/embedded.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { type FaultScenario, openFaultScenario } from '../faults/fault-scenario.ts';
import { violations } from '../faults/invariants.ts';
import { readRemediations } from '../faults/ledger.ts';
import { decideUntilOver } from '../faults/people.ts';
import { silentLog } from '../fixtures/log.ts';
import { administer } from '../support/cluster.ts';
import { onlooker } from '../support/database.ts';
import { openSmallDisk, type SmallDisk } from './small-disk.ts';

/*
 * PostgreSQL on a disk of its own that is filled and emptied again while people ask: nobody is told that something is recorded
 * that is not, a replica says that it is not ready, and goes on by itself when there is room. FIREBREAK_ROUNDS=3 does so three
 * times.
 */

const rounds = Number(process.env['FIREBREAK_ROUNDS'] ?? 10);

/** Milliseconds: until it is said, and from the moment that there is room until it goes on. */
const saidWithin = 5_000;
const backWithin = 10_000;

/** Small enough for the disk: no more of the log is kept than is needed. */
const sparing = [
  "alter system set max_wal_size = '48MB'",
  "alter system set min_wal_size = '32MB'",
  'select pg_reload_conf()',
];

/** A server that somebody starts again when it has ended, as whatever runs one does. */
async function openServer(disk: SmallDisk) {
  const open = () => startEmbedded({ dataDir: join(disk.folder, 'pg'), log: silentLog });
  const first = await open();
  await administer(first.url, sparing);
  const knex = onlooker(first.url);
  await migrate(knex);
  await knex.destroy();
  const ending = new AbortController();
  const supervised = (async () => {
    while (!ending.signal.aborted) {
      await open().catch(() => undefined);
      await sleep(250, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  const drop = async () => {
    ending.abort();
    await supervised;
    await (await open()).stop();
  };
  return { url: first.url, drop };
}

/** Until the server has no segment of its log left, which it does not survive. */
async function useUpLog(url: string): Promise<void> {
  const knex = onlooker(url);
  const more = "select pg_logical_emit_message(true, 'test', 'more'), pg_switch_wal()";
  for (let segment = 0; segment < 6; segment += 1) await knex.raw(more).catch(() => undefined);
  await knex.destroy();
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Milliseconds until the replica is what is asked for. */
async function timeUntil(port: number, ready: boolean): Promise<number> {
  const begun = performance.now();
  while ((await isReady(port)) !== ready) await sleep(50);
  return performance.now() - begun;
}

/** Asks again and again: now and then for a change, else for what is recorded and over at once. */
function keepAsking(scenario: FaultScenario): () => Promise<number> {
  const ending = new AbortController();
  let count = 0;
  const asking = (async () => {
    while (!ending.signal.aborted) {
      count += 1;
      const command =
        count % 40 === 1
          ? `annotate deployment/web example.com/round=${count} --overwrite -n shop`
          : `rollout restart deployment/gone-${count} -n shop`;
      await scenario.slack.slash('U0ALICE', command);
      await sleep(50);
    }
  })();
  return async () => {
    ending.abort();
    await asking;
    return count;
  };
}

/** The numbers that people were told. */
const told = ({ slack }: FaultScenario): readonly number[] =>
  slack.ephemerals('U0ALICE').flatMap(({ text }) => {
    const [, number] = /Remediation (\d+)\./.exec(text) ?? [];
    return number === undefined ? [] : [Number(number)];
  });

test('the disk of the database is full, and has room again', async ({ skip }) => {
  const disk = await openSmallDisk(256);
  if ('none' in disk) return skip(disk.none);
  const { url, drop } = await openServer(disk);
  const scenario = await openFaultScenario({ isHurried: true, database: { url, drop } });
  try {
    const { running, lines } = await scenario.peer();
    const times: { readonly said: number; readonly back: number }[] = [];
    const stopAsking = keepAsking(scenario);
    for (let round = 0; round < rounds; round += 1) {
      await disk.fill();
      const said = await timeUntil(running.port, false);
      if (round % 2 === 1) await useUpLog(url);
      await sleep(2_000);
      await disk.empty();
      const back = await timeUntil(running.port, true);
      times.push({ said: Math.round(said), back: Math.round(back) });
      await sleep(1_000);
    }
    const asked = await stopAsking();
    await decideUntilOver(scenario, ['U0BOB', 'U0CAROL']);
    const known = new Set((await readRemediations(scenario.knex)).map(({ number }) => number));
    const numbers = told(scenario);
    console.log({ asked, told: numbers.length, known: known.size, times });
    expect(numbers.filter((number) => !known.has(number))).toEqual([]);
    expect(numbers.length).toBeGreaterThan(rounds);
    expect(await violations(scenario)).toEqual([]);
    expect(lines.filter((line) => /unhandled/i.test(line))).toEqual([]);
    expect(times.filter(({ said, back }) => said > saidWithin || back > backWithin)).toEqual([]);
  } finally {
    await scenario.close();
    await disk.close();
  }
});

test("a replica's own folder for temporary files is full", async ({ skip }) => {
  const disk = await openSmallDisk(4);
  if ('none' in disk) return skip(disk.none);
  const before = process.env['TMPDIR'];
  const scenario = await openFaultScenario({ isHurried: true });
  try {
    await disk.fill();
    process.env['TMPDIR'] = disk.folder;
    const replica = await scenario.replica();
    await scenario.slack.slash('U0ALICE', 'annotate deployment/web example.com/round=1 -n shop');
    await decideUntilOver(scenario, ['U0BOB', 'U0CAROL']);
    expect(await isReady(replica.port)).toBe(true);
    expect(await readRemediations(scenario.knex)).toMatchObject([
      { state: 'succeeded', verdict: 'verified' },
    ]);
    expect(await violations(scenario)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await scenario.close();
    await disk.close();
  }
});

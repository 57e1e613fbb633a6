import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { type FaultScenario, openFaultScenario } from '../faults/fault-scenario.ts';
import { violations } from '../faults/invariants.ts';
import { readRemediations } from '../faults/ledger.ts';
import { decideUntilOver, until } from '../faults/people.ts';
import { onlooker } from '../support/database.ts';
import { openPair, type Pair } from './standby.ts';

/*
 * The database's primary dies while people ask, and its standby is promoted. Where commits waited for the standby nothing that
 * was told is lost, and all goes on; where they did not, what is lost is found, told, and nothing is sent to a cluster until
 * somebody has looked. FIREBREAK_ROUNDS=50 does each fifty times.
 */

const rounds = Array.from({ length: Number(process.env['FIREBREAK_ROUNDS'] ?? 3) }, (_, at) => at + 1);

async function onPair(isSynchronous: boolean, play: (scenario: FaultScenario, pair: Pair) => Promise<void>) {
  const pair = await openPair(isSynchronous);
  const knex = onlooker(pair.url);
  await migrate(knex);
  await knex.destroy();
  const database = { url: pair.url, drop: pair.close };
  const scenario = await openFaultScenario({ isHurried: true, database });
  try {
    await play(scenario, pair);
  } finally {
    await scenario.close();
  }
}

const ask = ({ slack }: FaultScenario, name: string) =>
  slack.slash('U0ALICE', `rollout restart deployment/${name} -n shop`);

/** The numbers that people were told. */
const told = ({ slack }: FaultScenario): readonly number[] =>
  slack.ephemerals('U0ALICE').flatMap(({ text }) => {
    const [, number] = /Remediation (\d+)\./.exec(text) ?? [];
    return number === undefined ? [] : [Number(number)];
  });

async function lostOf(scenario: FaultScenario): Promise<readonly number[]> {
  const known = new Set((await readRemediations(scenario.knex)).map(({ number }) => number));
  return told(scenario).filter((number) => !known.has(number));
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(({ ok }) => ok);

async function stopOf({ knex }: FaultScenario): Promise<string | undefined> {
  return (await knex.raw('select reason from stops where ended_at is null')).rows[0]?.reason;
}

test.each(rounds)('a synchronous standby, %i: nothing that was told is lost', async () => {
  await onPair(true, async (scenario, pair) => {
    const { running } = await scenario.peer();
    await scenario.slack.slash('U0ALICE', 'set image deployment/web web=registry.example/web:1.1.0 -n shop');
    const state = { isOver: false };
    const asking = (async () => {
      for (let count = 1; !state.isOver; count += 1) {
        await ask(scenario, `gone-${count}`);
        await sleep(20);
      }
    })();
    await sleep(1_500);
    await pair.failOver();
    const begun = performance.now();
    await until(() => isReady(running.port));
    const back = Math.round(performance.now() - begun);
    await sleep(1_000);
    state.isOver = true;
    await asking;
    await decideUntilOver(scenario, ['U0BOB']);
    console.log(`synchronous: ${told(scenario).length} told, ready ${back} ms after the promotion`);
    expect(await lostOf(scenario)).toEqual([]);
    expect(await stopOf(scenario)).toBeUndefined();
    expect(await violations(scenario)).toEqual([]);
  });
});

test.each(rounds)(
  'an asynchronous standby that is behind, %i: the loss is found, and nothing is sent',
  async () => {
    await onPair(false, async (scenario, pair) => {
      const { running } = await scenario.peer();
      await ask(scenario, 'gone-before');
      await until(async () => (await readRemediations(scenario.knex)).length === 1);
      await sleep(500);
      await pair.leaveBehind();
      await ask(scenario, 'gone-and-lost');
      await scenario.slack.slash(
        'U0ALICE',
        'set image deployment/web web=registry.example/web:1.1.0 -n shop',
      );
      await until(async () =>
        (await readRemediations(scenario.knex)).some(({ state }) => state === 'waiting'),
      );
      await pair.failOver();
      const begun = performance.now();
      await until(async () => (await stopOf(scenario).catch(() => undefined)) !== undefined);
      const found = Math.round(performance.now() - begun);
      console.log(`asynchronous: found ${found} ms after the promotion: ${await stopOf(scenario)}`);
      expect(await stopOf(scenario)).toMatch(/^The database has lost what it had confirmed/);
      expect((await lostOf(scenario)).length).toBe(2);
      await until(() => isReady(running.port));
      await scenario.slack.until(() =>
        scenario.slack.messages().find(({ text }) => text.includes('Firebreak has stopped itself')),
      );
      expect(scenario.requests.filter(({ changed }) => changed)).toEqual([]);
    });
  },
);

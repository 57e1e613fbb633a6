import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultScenario, openFaultScenario } from '../faults/fault-scenario.ts';
import { violations } from '../faults/invariants.ts';
import { playAll, type Rounds, startRounds } from '../faults/rounds.ts';
import { cutCells, due } from './cells.ts';

/*
 * One replica, and at each of its statements, in and out of transactions, each thing that may befall one: it goes on by
 * itself, nobody is told of it, and what was committed without an answer is not done again. FIREBREAK_MATRIX=7/3 takes the
 * third of every seven cells.
 */

describe.each(['shop', 'payments'] as const)('in %s', (namespace) => {
  let scenario: FaultScenario;
  let rounds: Rounds;

  beforeAll(async () => {
    scenario = await openFaultScenario({ isHurried: true });
    rounds = await startRounds(scenario, namespace);
  });
  afterAll(() => scenario.close());

  test('each statement, each fate', async () => {
    // The first asks what is remembered afterwards.
    await rounds.play();
    const { heads } = await rounds.play();
    const cuts = due(cutCells(heads));
    const { wrong, met } = await playAll(rounds, cuts);
    console.log(`${namespace}: ${cuts.length} cells, ${met} came to their statement, ${wrong.length} failed`);
    expect(wrong).toEqual([]);
    expect(await violations(scenario)).toEqual([]);
  }, 7_200_000);
});

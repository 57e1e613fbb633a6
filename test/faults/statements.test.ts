import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutCells, due } from '../matrix/cells.ts';
import { type FaultScenario, openFaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { playAll, startRounds } from './rounds.ts';

/* A few of the cells of test/matrix/statements.matrix.ts. */

let scenario: FaultScenario;
beforeAll(async () => {
  scenario = await openFaultScenario({ isHurried: true });
});
afterAll(() => scenario.close());

test('statements that fail, are cut off, or are done without an answer: nobody notices', async () => {
  const rounds = await startRounds(scenario, 'shop');
  const { heads } = await rounds.play();
  const { wrong, met } = await playAll(rounds, due(cutCells(heads), '47/7'));
  expect(wrong).toEqual([]);
  expect(met).toBeGreaterThan(3);
  expect(await violations(scenario)).toEqual([]);
});

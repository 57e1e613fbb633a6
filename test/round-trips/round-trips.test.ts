import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlayers, type Players } from './players.ts';

let players: Players;
beforeAll(async () => {
  players = await openPlayers();
  // What is asked once and remembered is not counted.
  await players.restart('web-1');
});
afterAll(() => players.close());

/*
 * Not how long it takes, which is the machine's, but how often somebody waits for PostgreSQL and how often the API server is
 * asked. Each is what it is now: fewer is better, and whoever needs one more says here what for.
 */

/** Each beat of the liveness connection, twice a second, may look for jobs in vain; on a slow machine one or two do. */
const inVain = 4;

test('a command waits twice until it is answered: for what was there already, and for the commit', async () => {
  const { command } = await players.restart('web-2');
  expect(command).toBeLessThanOrEqual(2);
});

// The row with its votes; whose it is; our records; the claim of the commit, and the rest of it; whether Firebreak is stopped,
// right before the write. The cluster is looked at once, and what decides the constraints is read again.
test('from the last click to the write', async () => {
  const asked: number[] = [];
  // Where the machine stands still for a second between the gate and the write, all is looked at once more, as it should be.
  for (const name of ['web-3', 'web-5', 'web-6']) {
    const { click } = await players.restart(name);
    expect(click.sql).toBeLessThanOrEqual(6 + inVain);
    asked.push(click.kubernetes);
    if (click.kubernetes <= 29) break;
  }
  expect(Math.min(...asked)).toBeLessThanOrEqual(29);
});

test('a look at how it goes', async () => {
  const { look } = await players.restart('web-4');
  expect(look.sql).toBeLessThanOrEqual(3 + inVain);
  expect(look.kubernetes).toBeLessThanOrEqual(6);
});

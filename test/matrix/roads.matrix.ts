import { describe, test } from 'vitest';
import { freezeAt, hear, killAt, restartAt, strikeAt } from '../faults/kill.ts';
import { roads } from '../faults/roads.ts';
import { due, endCells, type ends, pointCells } from './cells.ts';

/*
 * Every road, cut at every point and at every statement that it comes by. FIREBREAK_MATRIX=7/3 takes the third of every
 * seven of them, FIREBREAK_MATRIX_ROADS=human,drain those roads, `-t 'stopped at'` those ends.
 */

const play = { killed: killAt, stopped: freezeAt, alone: restartAt } as const satisfies Record<
  (typeof ends)[number],
  unknown
>;

const asked = process.env['FIREBREAK_MATRIX_ROADS']?.split(',');

const heard = await Promise.all(
  Object.entries(roads)
    .filter(([name]) => asked === undefined || asked.includes(name))
    .map(async ([name, road]) => ({ name, road, by: await hear(road) })),
);

describe.concurrent.each(heard)('$name road', ({ road, by }) => {
  test.each(due(pointCells(by)))('$how at $point#$occurrence', async ({ how, ...halt }) => {
    await play[how](road, halt);
  });

  test.for(due(endCells(by)))('$how at "$head"#$occurrence', async (strike, { skip }) => {
    // What comes by the clock, such as a look into the outbox, need not come once more.
    if (!(await strikeAt(road, strike))) skip('the road was over before');
  });
});

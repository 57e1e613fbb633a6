import { describe, expect, test } from 'vitest';
import type { Rig } from '../fixtures/rig.ts';
import { play, type Script } from '../fixtures/script.ts';
import { scripts } from '../fixtures/scripts.ts';

const all: readonly Script[] = Object.values(scripts).flat();

const sentenceOf = (rig: Rig): string => {
  const row = rig.now().shelf.remediations.at(-1);
  if (row === undefined) return '';
  if ('failure' in row) return row.failure;
  return 'verdict' in row ? (row.verdict?.sentence ?? '') : '';
};

describe.each(Object.entries(scripts))('%s', (_part, group) => {
  test.each(group)('$name', async (script) => {
    const rig = await play(script);
    const { shelf, world } = rig.now();
    expect(shelf.remediations.map(({ state }) => state)).toEqual(script.ends);
    // What was seen on arrival is told of every alert; evidence.test.ts looks at it.
    const headlines = shelf.messages
      .flatMap(({ notice }) => (notice.kind === 'reply' ? [notice.headline] : []))
      .filter((headline) => !headline.startsWith('Seen at '));
    if (script.replies !== undefined) expect(headlines).toEqual(script.replies);
    if (script.log !== undefined) expect(shelf.log.map(({ outcome }) => outcome)).toEqual(script.log);
    if (script.changes !== undefined)
      expect(world.writes.filter(({ changed }) => changed)).toHaveLength(script.changes);
    if (script.repeats !== undefined) expect(rig.now().faults).toHaveLength(script.repeats);
    if (script.sentence !== undefined) expect(sentenceOf(rig)).toMatch(script.sentence);
  });
});

describe('stopped after every step and read back, it ends the same', () => {
  test.each(all)('$name', async (script) => {
    const straight = await play(script);
    let stops = 0;
    const stopped = await play(script, (rig) => {
      stops += 1;
      rig.reload();
    });
    expect(stopped.now()).toEqual(straight.now());
    expect(stops).toBeGreaterThan(script.steps.length);
  });
});

describe('whatever happens', () => {
  test.each(all)('$name: nothing is left half done', async (script) => {
    const { shelf } = (await play(script)).now();
    for (const row of shelf.remediations) {
      const moved = shelf.events.filter(({ id }) => id === row.id).map(({ version }) => version);
      expect(moved, 'every version has its event').toEqual(moved.map((_, index) => index));
      const ended = shelf.log.filter((line) => line.remediationId === row.id);
      expect(ended.length, 'one line in the log for each that ended').toBe(row.state === 'waiting' ? 0 : 1);
      const card = shelf.messages.find(({ key }) => key === `card:${row.id}`);
      expect(card, 'each has its card').toBeDefined();
    }
    const told = JSON.stringify([shelf.messages, shelf.remediations, shelf.log]);
    expect(told, 'no secret is told').not.toMatch(/hunter2|abcdef123456|swordfish/);
  });
});

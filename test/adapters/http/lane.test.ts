import { expect, test, vi } from 'vitest';
import { createLane } from '../../../src/adapters/http/lane.ts';

test('there is room for as much as was said, and what leaves gives its own back', () => {
  const lane = createLane(10);
  const first = lane.enter(6);
  const second = lane.enter(4);
  expect(lane.enter(1)).toBeUndefined();
  first?.();
  expect(lane.enter(7)).toBeUndefined();
  const third = lane.enter(6);
  expect(third).toBeDefined();
  second?.();
  third?.();
  expect(lane.enter(10)).toBeDefined();
});

test('one that is larger than all the room is let in alone', () => {
  const lane = createLane(10);
  const large = lane.enter(100);
  expect(large).toBeDefined();
  expect(lane.enter(1)).toBeUndefined();
  large?.();
  expect(lane.enter(1)).toBeDefined();
  expect(lane.enter(100)).toBeUndefined();
});

test('nobody has a turn while a person is to go first', async () => {
  const people = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  const lane = createLane(10, () => people[asked++]?.promise);
  const order: string[] = [];
  const turns = ['a', 'b'].map((name) => lane.turn().then(() => order.push(name)));
  await vi.waitUntil(() => asked === 1);
  expect(order).toEqual([]);
  people[0]?.resolve();
  await vi.waitUntil(() => asked === 2);
  expect(order).toEqual(['a']);
  people[1]?.resolve();
  await Promise.all(turns);
});

test('turns come one after the other, with room for others in between', async () => {
  const lane = createLane(10);
  const order: string[] = [];
  const turns = ['a', 'b'].map((name) => lane.turn().then(() => order.push(name)));
  turns.push(lane.turn().then(() => order.push('c')));
  setImmediate(() => order.push('other'));
  await Promise.all(turns);
  expect(order).toEqual(['other', 'a', 'b', 'c']);
});

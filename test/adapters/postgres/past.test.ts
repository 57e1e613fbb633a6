import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Group, Target } from '../../../src/domain/action.ts';
import { remediation } from '../../../src/domain/remediation.ts';
import { OtherVersion } from '../../../src/workflow/other-version.ts';
import { deploymentFacts, noon } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened, movedTo } = rowsOf(() => db);
const later = '2026-03-01T12:00:01.000Z';

const named = (name: string): Target => ({ kind: 'Deployment', namespace: 'shop', name });
const numbersOf = async (target: Target, since = noon) =>
  (await db.store.past('test', target, since)).map(({ number }) => number);

test('the past of an object: what wrote to it since, the oldest first', async () => {
  const first = await movedTo('succeeded');
  await movedTo('waiting');
  const second = await movedTo('executing');
  if (!('name' in first.action.target)) throw new Error('expected one object');
  const { target } = first.action;
  expect(await numbersOf(target)).toEqual(
    [first, second].filter((row) => row.targetKey === first.targetKey).map(({ number }) => number),
  );
  expect(await numbersOf(target, later)).toEqual([]);
  expect(await numbersOf({ ...target, name: 'another' })).toEqual([]);
  expect(await db.store.past('another', target, noon)).toEqual([]);
});

test('several objects of one request have each its own past', async () => {
  const names = ['p-1', 'p-2'];
  const action: Group = { verb: 'rollout restart', target: { kind: 'Deployment', namespace: 'shop', names } };
  const row = await opened({ ...proposal(), action });
  const members = names.map((name) => ({
    action: { verb: 'rollout restart', target: named(name) },
    facts: deploymentFacts(),
  }));
  const evaluated = transitionTo(row, 'evaluated');
  let last = remediation.parse({ ...evaluated.next, members });
  expect(await db.store.transition(row, { ...evaluated, next: last })).toBe('committed');
  for (const state of ['waiting', 'approved', 'executing'] as const) {
    const transition = transitionTo(last, state);
    expect(await db.store.transition(last, transition)).toBe('committed');
    last = transition.next;
  }
  expect(await numbersOf(named('p-2'))).toEqual([last.number]);
  expect(await numbersOf(named('p-3'))).toEqual([]);
});

test('what another version has written is named beside the rest', async () => {
  const [first, second] = [await movedTo('succeeded'), await movedTo('succeeded')];
  if (!('name' in first.action.target)) throw new Error('expected one object');
  await db.knex.raw(
    `update remediations set target_key = ?, data = data || '{"rolledForward": true}' where id = ?`,
    [first.targetKey, second.id],
  );
  const found = await db.store.past('test', first.action.target, noon);
  expect(found.map((each) => [each.number, each instanceof OtherVersion])).toEqual([
    [first.number, false],
    [second.number, true],
  ]);
});

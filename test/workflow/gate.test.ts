import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { differences } from '../../src/workflow/gate.ts';
import type { Happening } from '../fixtures/script.ts';
import { play } from '../fixtures/script.ts';

describe('what is different is said leaf by leaf', () => {
  test.each<[string, Json, Json, string[]]>([
    ['nothing', { a: { b: 1 } }, { a: { b: 1 } }, []],
    ['nothing but the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [
      'a number',
      { guarded: { replicas: 3 } },
      { guarded: { replicas: 5 } },
      ['guarded.replicas: approved at 3, live is 5'],
    ],
    ['a field that went', { a: 1, b: 'x' }, { a: 1 }, ['b: approved at "x", live is null']],
    ['a field that came', {}, { a: true }, ['a: approved at null, live is true']],
    ['a list, as a whole', { a: [1, 2] }, { a: [1, 3] }, ['a: approved at [1,2], live is [1,3]']],
    [
      'several, in order',
      { b: 1, a: 1 },
      { b: 2, a: 2 },
      ['a: approved at 1, live is 2', 'b: approved at 1, live is 2'],
    ],
    ['a value that became a map', { a: 1 }, { a: { b: 1 } }, ['a: approved at 1, live is {"b":1}']],
  ])('%s', (_name, approved, live, expected) => {
    expect(differences(approved, live)).toEqual(expected);
  });
});

const superseded = async (...meanwhile: Happening[]) => {
  const down: Happening = { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop -- too many' };
  const happenings: Happening[] = [down, { do: 'settle' }, { do: 'approve', by: 'U0ANN' }, ...meanwhile];
  const rig = await play({ name: 'superseded', happenings, ends: [] });
  const row = rig.row(1);
  if (row.state !== 'superseded') throw new Error(`it is ${row.state}`);
  return { row, next: rig.row(2), rig };
};

describe('a target that changed', () => {
  test('the new card is the same request, and nobody has approved it', async () => {
    const { row, next, rig } = await superseded({ do: 'world', is: { replicas: 5 } });
    const { action, requestedBy, reason, incidentId } = row;
    expect(next).toMatchObject({ state: 'waiting', id: row.by, action, requestedBy, reason, incidentId });
    expect(await rig.setting.store.approvals(next.id)).toEqual([]);
  });

  test('the old card says what was approved and what is live', async () => {
    const { row } = await superseded({ do: 'world', is: { replicas: 5 } });
    expect(row.change.split('\n')).toContain('guarded.replicas: approved at 3, live is 5');
  });

  test('another object of the same name is another target', async () => {
    const { row } = await superseded({ do: 'world', is: { uid: 'uid-2' } });
    expect(row.change).toBe('It is another object now: it was deleted and made again.');
  });
});

test('a tier that became stricter says which it was, which it is and why', async () => {
  const happenings: Happening[] = [
    { do: 'ask', text: 'scale deploy/web --replicas=4 -n shop' },
    { do: 'wake' },
    { do: 'wake' },
    { do: 'world', is: { argoCd: true } },
  ];
  const rig = await play({ name: 'stricter', happenings, ends: [] });
  expect(rig.row(1)).toMatchObject({
    state: 'superseded',
    change: expect.stringMatching(
      /^It was judged auto and would now be human: the score went from \d+ to 11$/,
    ),
  });
  expect(rig.row(2)).toMatchObject({ state: 'waiting', spec: { tier: 'human' } });
});

test('a digest that nothing explains still says something', async () => {
  const rig = await play({
    name: 'upgraded',
    happenings: [
      { do: 'ask', text: 'scale deploy/web --replicas=4 -n shop' },
      { do: 'wake' },
      { do: 'wake' },
      { do: 'other digest' },
    ],
    ends: [],
  });
  expect(rig.row(1)).toMatchObject({
    state: 'superseded',
    change: 'What an approval binds to is worked out differently since the card was shown.',
  });
  expect(rig.row(2).state).toBe('succeeded');
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Group, Request } from '../../../src/domain/action.ts';
import { memberOf } from '../../../src/domain/action.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { remediation } from '../../../src/domain/remediation.ts';
import { deploymentFacts } from '../../fixtures/facts.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened, movedTo } = rowsOf(() => db);

const several = (...names: string[]): Group => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace: 'shop', names },
});
const single = (name: string): Request => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace: 'shop', name },
});

/** A row of a request just before it executes; of several objects with each of them. */
async function approved(action: Request): Promise<Remediation> {
  const row = await opened({ ...proposal(), action });
  const members = 'names' in action.target ? membersFor(action, action.target.names) : {};
  const evaluated = transitionTo(row, 'evaluated');
  const next = remediation.parse({ ...evaluated.next, ...members });
  expect(await db.store.transition(row, { ...evaluated, next })).toBe('committed');
  const waiting = transitionTo(next, 'waiting');
  expect(await db.store.transition(next, waiting)).toBe('committed');
  const transition = transitionTo(waiting.next, 'approved');
  expect(await db.store.transition(waiting.next, transition)).toBe('committed');
  return transition.next;
}

function membersFor(action: Request, names: readonly string[]) {
  if ('name' in action.target || action.verb !== 'rollout restart') return {};
  const group = several(...names);
  return { members: names.map((name) => ({ action: memberOf(group, name), facts: deploymentFacts() })) };
}

const start = (row: Remediation) => db.store.transition(row, transitionTo(row, 'executing'));

describe('one remediation at a time', () => {
  test('several objects are held together: none of them is free for another', async () => {
    const group = await approved(several('a-1', 'a-2', 'a-3'));
    expect(await start(group)).toBe('committed');
    expect(await start(await approved(single('a-2')))).toBe('busy');
    expect(await start(await approved(several('a-3', 'a-4')))).toBe('busy');
    expect(await start(await approved(single('a-4')))).toBe('committed');
  });

  test('they are taken in one order, whatever the order in which they were named', async () => {
    const group = await approved(several('h-3', 'h-1', 'h-2'));
    expect(await start(group)).toBe('committed');
    const taken = await db.knex('held_targets').where('remediation_id', group.id).orderByRaw('ctid');
    expect(taken.map(({ target_key }) => target_key.split('/').at(-1))).toEqual(['h-1', 'h-2', 'h-3']);
  });

  test('one object that is held keeps a group from starting, and none of the group is held then', async () => {
    expect(await start(await approved(single('b-2')))).toBe('committed');
    expect(await start(await approved(several('b-1', 'b-2')))).toBe('busy');
    expect(await start(await approved(single('b-1')))).toBe('committed');
  });

  test('a pull request holds nothing while it is open, and what it changes once the cluster has it', async () => {
    const row = await approved(single('pr-1'));
    const open = transitionTo(row, 'pr_open');
    expect(await db.store.transition(row, open)).toBe('committed');
    expect((await db.store.load(row.id))?.state).toBe('pr_open');
    const other = await approved(single('pr-1'));
    expect(await start(other)).toBe('committed');
    const arrived = transitionTo(open.next, 'verifying');
    expect(await db.store.transition(open.next, arrived)).toBe('busy');
    const executing = await db.store.load(other.id);
    if (executing === undefined) throw new Error('it is gone');
    const failed = transitionTo(executing, 'failed');
    expect(await db.store.transition(executing, failed)).toBe('committed');
    expect(await db.store.transition(open.next, arrived)).toBe('committed');
    expect(await start(await approved(single('pr-1')))).toBe('busy');
  });

  test('all are given back when it has been verified', async () => {
    const group = await approved(several('c-1', 'c-2'));
    const executing = transitionTo(group, 'executing');
    expect(await db.store.transition(group, executing)).toBe('committed');
    const verifying = transitionTo(executing.next, 'verifying');
    expect(await db.store.transition(executing.next, verifying)).toBe('committed');
    expect(await start(await approved(single('c-1')))).toBe('busy');
    expect(await db.store.transition(verifying.next, transitionTo(verifying.next, 'learning'))).toBe(
      'committed',
    );
    expect(await start(await approved(single('c-1')))).toBe('committed');
    expect(await start(await approved(single('c-2')))).toBe('committed');
  });

  test('and when it has failed', async () => {
    const group = await approved(several('d-1', 'd-2'));
    const executing = transitionTo(group, 'executing');
    await db.store.transition(group, executing);
    expect(await db.store.transition(executing.next, transitionTo(executing.next, 'failed'))).toBe(
      'committed',
    );
    expect(await start(await approved(several('d-1', 'd-2')))).toBe('committed');
  });

  /** Steps of a row that are due within so many seconds. */
  const dueSteps = async (row: Remediation, seconds: number): Promise<number> => {
    const sql = `select from pgboss.job where data->>'id' = ? and (data->>'version')::int = ? and state = 'created'
      and start_after <= clock_timestamp() + ? * interval '1 second'`;
    return (await db.knex.raw(sql, [row.id, row.version, seconds])).rows.length;
  };

  test('who waits for a target is woken by its holder’s end, and not every second before', async () => {
    const holder = await approved(several('f-1', 'f-2'));
    const executing = transitionTo(holder, 'executing');
    await db.store.transition(holder, executing);
    const waiting = await approved(single('f-2'));
    await db.knex.raw("delete from pgboss.job where data->>'id' = ?", [waiting.id]);
    expect(await start(waiting)).toBe('busy');
    expect(await dueSteps(waiting, 25)).toBe(0);
    expect(await dueSteps(waiting, 31)).toBe(1);
    expect(await db.store.transition(executing.next, transitionTo(executing.next, 'failed'))).toBe(
      'committed',
    );
    expect(await dueSteps(waiting, 0)).toBe(1);
    expect(await db.knex('target_waiters').where('remediation_id', waiting.id)).toEqual([]);
    expect(await start(waiting)).toBe('committed');
  });

  test('who waits for one holder after the other is woken by each, as the row is then', async () => {
    let waiting = await approved(single('i-1'));
    await db.knex.raw("delete from pgboss.job where data->>'id' = ?", [waiting.id]);
    for (const again of [false, false, true]) {
      const holder = await approved(single('i-1'));
      const executing = transitionTo(holder, 'executing');
      await db.store.transition(holder, executing);
      expect(await start(waiting)).toBe('busy');
      if (again) {
        const later = transitionTo(waiting, 'approved');
        expect(await db.store.transition(waiting, later)).toBe('committed');
        waiting = later.next;
        expect(await start(waiting)).toBe('busy');
      }
      const before = await dueSteps(waiting, 0);
      await db.store.transition(executing.next, transitionTo(executing.next, 'failed'));
      expect(await dueSteps(waiting, 0)).toBe(before + 1);
    }
  });

  test('an object that is named twice is held once', async () => {
    expect(await start(await approved(several('j-1', 'j-1')))).toBe('committed');
  });

  test('a target that is given back at that moment: nobody waits for it in vain', async () => {
    for (let round = 0; round < 10; round += 1) {
      const holder = await approved(single(`g-${round}`));
      const executing = transitionTo(holder, 'executing');
      await db.store.transition(holder, executing);
      const waiting = await approved(single(`g-${round}`));
      await db.knex.raw("delete from pgboss.job where data->>'id' = ?", [waiting.id]);
      const [outcome] = await Promise.all([
        start(waiting),
        db.store.transition(executing.next, transitionTo(executing.next, 'failed')),
      ]);
      if (outcome === 'busy') expect(await dueSteps(waiting, 0)).toBeGreaterThanOrEqual(1);
    }
  });

  test('waiting for an eviction keeps what is held', async () => {
    const executing = await movedTo('executing');
    const again = transitionTo(executing, 'executing');
    expect(await db.store.transition(executing, again)).toBe('committed');
    const other = await opened({ ...proposal(), action: executing.action });
    expect(await start(await movedTo('approved', other))).toBe('busy');
  });

  test('forty groups that want the same objects in different orders: one starts, nobody waits for ever', async () => {
    const names = ['e-1', 'e-2', 'e-3', 'e-4'];
    const rows: Remediation[] = [];
    for (let index = 0; index < 40; index += 1) {
      const turned = [...names.slice(index % 4), ...names.slice(0, index % 4)];
      rows.push(await approved(several(...turned)));
    }
    const outcomes = await Promise.all(rows.map(start));
    expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(39);
  });
});

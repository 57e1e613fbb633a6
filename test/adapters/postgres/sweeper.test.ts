import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import type { Wake } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { recordedLog, silentLog } from '../../fixtures/log.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

/* What the sweeper brings back, what it deletes and what it says of it. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() =>
  db.knex.raw('truncate pgboss.job, running, remediations, incidents, second_looks, held_targets cascade'),
);
afterAll(() => db.close());

const { opened, movedTo, proposal } = rowsOf(() => db);
const options = (log = silentLog) => ({ knex: db.knex, queue: db.queue, newId: randomUUID, log });
const stepOf = (): Wake => ({ kind: 'step', id: randomUUID(), version: 3 });
/** Every wake comes at once, however long it would have to wait. */
const hurry = () => db.knex.raw("update pgboss.job set start_after = now() where name = 'wake'");

test('the sweeper forgets the notes of attempts that are over, and of no other', async () => {
  await db.queue.send(db.knex, stepOf());
  const [first] = await db.queue.take(db.knex, 1, 1);
  if (first === undefined) throw new Error('the wake was not there');
  await db.queue.fail(db.knex, first.claim, new Error('given back'));
  await hurry();
  await db.queue.take(db.knex, 1, 2);
  const notes = () => db.knex('running').where({ job_id: first.claim.jobId }).pluck('attempt');
  expect(await notes()).toHaveLength(2);
  await sweep(options());
  expect(await notes()).toEqual([1]);
});

test('the sweeper wakes a row as it is now, whatever job there is for what it was', async () => {
  const row = await opened();
  const move = transitionTo(row, 'evaluated');
  expect(await db.store.transition(row, move)).toBe('committed');
  await sweep(options());
  const { rows } = await db.knex.raw(
    `select (data->>'version')::int as version from pgboss.job
    where data->>'id' = ? and state = 'created' order by 1`,
    [row.id],
  );
  expect(rows).toEqual([{ version: 0 }, { version: 1 }]);
});

test('what the sweeper wakes of what an alert brought about stays behind what people asked for', async () => {
  const requestedBy = { kind: 'playbook', playbook: 'restart', alert: 'Down', claim: 'none' } as const;
  const asked = await opened();
  const unasked = await opened({ ...proposal(), requestedBy });
  await db.knex.raw('delete from pgboss.job');
  await sweep(options());
  const found = await db.knex.raw(`select data->>'id' as id, priority from pgboss.job order by priority`);
  expect(found.rows).toEqual([
    { id: unasked.id, priority: 15 },
    { id: asked.id, priority: 20 },
  ]);
});

test.each([
  ['pr_open', 1],
  ['executing', 1],
  ['verifying', 1],
  ['succeeded', 0],
] as const)(
  'a manifest whose time is over stays as long as its change is under way: %s',
  async (state, left) => {
    const row = await movedTo(state === 'pr_open' ? 'approved' : state);
    if (state === 'pr_open') await db.store.transition(row, transitionTo(row, state));
    await db
      .knex('snapshots')
      .insert({ remediation_id: row.id, uid: 'u', taken_at: noon, object: '{}', kept_until: noon });
    await sweep(options());
    expect(await db.knex('snapshots').where({ remediation_id: row.id, uid: 'u' })).toHaveLength(left);
  },
);

describe('what the sweeper says', () => {
  test('is how many rows it woke, once, and whoever listens hears of it', async () => {
    await opened();
    await opened();
    await db.knex.raw('delete from pgboss.job');
    const listener = new pg.Client({ connectionString: db.url });
    await listener.connect();
    const heard: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload));
    await listener.query('listen firebreak');
    const swept = async () => {
      const { log, said } = recordedLog();
      await sweep(options(log));
      await listener.query('select 1');
      return [said, heard.splice(0).filter((payload) => payload === 'swept').length];
    };
    expect(await swept()).toEqual([[['warn', { woken: 2 }, 'woke rows that no job was left for']], 1]);
    expect(await swept()).toEqual([[], 0]);
    await listener.end();
  });

  test('is nothing of a look that is due by the clock', async () => {
    const row = await opened();
    const look = { kind: 'second look', at: noon, environment: 'production' } as const;
    await db.store.transition(row, transitionTo(row, 'blocked', [look]));
    await db.knex.raw('delete from pgboss.job');
    const { log, said } = recordedLog();
    await sweep(options(log));
    expect(said).toEqual([]);
    const { rows } = await db.knex.raw(
      `select data->>'kind' as kind, data->'deaths' as deaths from pgboss.job`,
    );
    expect(rows).toEqual([{ kind: 'look', deaths: null }]);
  });

  test('is nothing while another sweeps, who does what there is to do', async () => {
    await opened();
    await db.knex.raw('delete from pgboss.job');
    const sweeps = 0x46427377;
    const { log, said } = recordedLog();
    await db.knex.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?)', [sweeps]);
      await sweep(options(log));
    });
    expect(said).toEqual([]);
    expect(await db.knex('pgboss.job')).toEqual([]);
  });
});

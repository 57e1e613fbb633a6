import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findUnusable } from '../../../src/adapters/postgres/room.ts';
import { openStorage, type Storage } from '../../../src/adapters/postgres/storage.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import { silentLog } from '../../fixtures/log.ts';
import { firstApprover, transitionTo } from '../../fixtures/remediations.ts';
import { administer } from '../../support/cluster.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/*
 * A replica that is connected to a database again compares it with what it was told was committed: one that was promoted while
 * it was behind is found, and nothing is sent to a cluster before a person has looked.
 */

let db: TestDatabase;
let storage: Storage;
beforeAll(async () => {
  db = await openDatabase();
  storage = await openStorage({
    database: { kind: 'url', url: db.url },
    channel: 'C0OPS',
    cluster: 'test',
    identity: () => undefined,
    newId: randomUUID,
    sha256,
    learn,
    log: silentLog,
  });
});
afterEach(async () => {
  await storage.store.start({ by: firstApprover, reason: 'seen', requestKey: randomUUID() });
});
afterAll(async () => {
  await storage.close();
  await db.close();
});

const { proposal } = rowsOf(() => db);

async function opened() {
  return (await storage.store.open(proposal(), randomUUID())).remediation;
}

/** The connection by which the replica is alive ends and is made again, as after a failover. */
async function reconnect(): Promise<void> {
  const liveness = `from pg_stat_activity where application_name = 'firebreak-liveness' and datname = current_database()`;
  const pids = async () =>
    (await db.knex.raw(`select pid ${liveness}`)).rows.map(({ pid }: { pid: number }) => pid);
  const before = await pids();
  await db.knex.raw(`select pg_terminate_backend(pid) ${liveness}`);
  await eventually(async () => {
    const after = await pids();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(await storage.unusable()).toEqual([]);
  });
}

test('nothing is said where all that was confirmed is there', async () => {
  const row = await opened();
  const transition = transitionTo(row, 'evaluated');
  expect(await storage.store.transition(row, transition)).toBe('committed');
  // Another replica has moved it on since.
  expect(await db.store.transition(transition.next, transitionTo(transition.next, 'waiting'))).toBe(
    'committed',
  );
  await reconnect();
  expect(await storage.store.stopped()).toBeUndefined();
});

test.each([
  [
    'a move is gone',
    'update remediations set version = 0, state = $$requested$$ where id = ?',
    /was evaluated and is requested/,
  ],
  ['the whole row is gone', 'delete from remediations where id = ?', /was evaluated and is not there/],
])('%s: nothing is sent until a person has looked, who is told once', async (_name, sql, sentence) => {
  const row = await opened();
  await storage.store.transition(row, transitionTo(row, 'evaluated'));
  await db.knex.raw(sql, [row.id]);
  await reconnect();
  const stop = await storage.store.stopped();
  expect(stop?.by).toBeUndefined();
  expect(stop?.reason).toMatch(/^The database has lost what it had confirmed/);
  expect(stop?.reason).toMatch(sentence);
  expect(stop?.reason).toContain(`remediation ${row.number}`);
  await storage.store.start({ by: firstApprover, reason: 'looked at', requestKey: randomUUID() });
  await reconnect();
  expect(await storage.store.stopped()).toBeUndefined();
});

test('a database that takes nothing is not ready, though it answers', async () => {
  expect(await storage.unusable()).toEqual([]);
  const name = new URL(db.url).pathname.slice(1);
  const renew = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name ~ '^firebreak-' and datname = current_database()`;
  await administer(db.url, [`alter database ${name} set default_transaction_read_only = on`, renew]);
  await eventually(async () =>
    expect(await storage.unusable()).toEqual([expect.stringContaining('read-only')]),
  );
  await administer(db.url, [
    'set default_transaction_read_only = off',
    `alter database ${name} reset default_transaction_read_only`,
    renew,
  ]);
  await eventually(async () => expect(await storage.unusable()).toEqual([]));
});

test('asking whether there is room needs room, and leaves nothing behind', async () => {
  const files = async () =>
    (
      await db.knex.raw(
        'select temp_files::int as n from pg_stat_database where datname = current_database()',
      )
    ).rows[0].n;
  const before = await files();
  expect(await findUnusable(db.knex)).toBeUndefined();
  await eventually(async () => expect(await files()).toBeGreaterThan(before));
});

import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  connect,
  DatabaseAway,
  describeDatabase,
  waitForDatabase,
} from '../../../src/adapters/postgres/connect.ts';
import { freePort } from '../../../src/adapters/postgres/embedded/cluster.ts';
import { migrate, schemaVersion } from '../../../src/adapters/postgres/migrate.ts';
import { cloneDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';

let url: string;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ url, drop } = await cloneDatabase());
});
afterAll(() => drop());

const files = readdirSync(new URL('../../../migrations', import.meta.url)).toSorted();

test('five replicas that start at once migrate an empty database together: each migration runs once', async () => {
  const replicas = Array.from({ length: 5 }, () => connect(url, 2));
  const [first] = replicas;
  if (first === undefined) throw new Error('there are five');
  await first.raw('drop schema public cascade; create schema public; drop schema pgboss cascade');
  const ran = await Promise.all(replicas.map(migrate));
  expect(ran.flat().toSorted()).toEqual(files);
  expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await schemaVersion(first)).toBe(files.at(-1));
  await Promise.all(replicas.map((knex) => knex.destroy()));
});

test('every migration can be taken back', async () => {
  const knex = connect(url, 2);
  const directory = new URL('../../../migrations', import.meta.url).pathname;
  await knex.migrate.rollback(
    { directory, loadExtensions: ['.ts'], tableName: 'firebreak_migrations' },
    true,
  );
  const { rows } = await knex.raw(
    "select table_name from information_schema.tables where table_schema = 'public'",
  );
  expect(rows.map((row: { table_name: string }) => row.table_name).toSorted()).toEqual([
    'firebreak_migrations',
    'firebreak_migrations_lock',
  ]);
  expect(await migrate(knex)).toEqual(files);
  await knex.destroy();
});

test('a migration that waits for a table lets those go first who read it, and is done when nobody holds it', async () => {
  const [owner, verifier, reader] = [connect(url, 2), connect(url, 1), connect(url, 1)];
  const directory = new URL('../../../migrations', import.meta.url).pathname;
  const last = files.slice(files.findIndex((file) => file.startsWith('0066')));
  for (const _ of last)
    await owner.migrate.down({ directory, loadExtensions: ['.ts'], tableName: 'firebreak_migrations' });
  const reading = await verifier.transaction();
  await reading.raw('select count(*) from remediation_events');
  const migrating = migrate(owner);
  await eventually(async () => {
    const waits = await reader.raw(
      `select from pg_stat_activity where datname = current_database() and wait_event = 'relation'`,
    );
    expect(waits.rows).toHaveLength(1);
  });
  // The chain is read by others meanwhile, as by whoever approves.
  const began = performance.now();
  await reader.raw('select count(*) from remediation_events');
  expect(performance.now() - began).toBeLessThan(5_000);
  await reading.commit();
  expect(await migrating).toEqual(last);
  await Promise.all([owner, verifier, reader].map((knex) => knex.destroy()));
});

test('an older replica starts beside a newer schema', async () => {
  const knex = connect(url, 2);
  await knex('firebreak_migrations').insert({
    name: '9999-from-the-future.ts',
    batch: 2,
    migration_time: new Date(),
  });
  expect(await migrate(knex)).toEqual([]);
  await knex('firebreak_migrations').where('name', '9999-from-the-future.ts').delete();
  await knex.destroy();
});

test('a database that is away is one sentence with the place and without the password', async () => {
  const port = await freePort();
  const attempt = waitForDatabase(`postgresql://user:secret@127.0.0.1:${port}/firebreak`, 0);
  await expect(attempt).rejects.toThrow(DatabaseAway);
  await expect(attempt).rejects.toThrow(
    `Cannot use the database at 127.0.0.1:${port}/firebreak: connect ECONNREFUSED`,
  );
  await expect(attempt).rejects.not.toThrow('secret');
});

test('a database that does not exist does not come by waiting', async () => {
  const wrong = new URL(url);
  wrong.pathname = '/nowhere';
  await expect(waitForDatabase(wrong.href, 600)).rejects.toThrow('database "nowhere" does not exist');
});

test('a database that is there is not waited for', async () => {
  await waitForDatabase(url, 600);
});

test.each([
  ['postgresql://u:p@db.example:5432/fb', 'db.example:5432/fb'],
  ['host=db user=u', 'the address in DATABASE_URL'],
])('%s is described as %s', (given, words) => {
  expect(describeDatabase(given)).toBe(words);
});

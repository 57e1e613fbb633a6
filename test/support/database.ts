import { randomUUID } from 'node:crypto';
import createKnex, { type Knex } from 'knex';
import { inject } from 'vitest';
import { connect } from '../../src/adapters/postgres/connect.ts';
import type { Context } from '../../src/adapters/postgres/context.ts';
import { createQueue, type Queue } from '../../src/adapters/postgres/jobs/queue.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { learn } from '../../src/stages/learn/trust.ts';
import type { Store } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { silentLog } from '../fixtures/log.ts';
import { administer, sharedServer, templateOf } from './cluster.ts';
import { hangGuard } from './hang-guard.ts';
import { sha256 } from './sha256.ts';

/** A database of one's own, cloned from this run's template. */
export interface TestDatabase {
  readonly url: string;
  readonly knex: Knex;
  readonly queue: Queue;
  readonly store: Store;
  /** The same store over another queue. */
  storeWith(queue: Queue): Store;
  /** Closes the connections, checks that no other was left open, and drops the database. */
  close(): Promise<void>;
}

/** Clones the template, which the first caller of the run makes; about 0.1 s for each call. */
export async function openDatabase(more: Pick<Context, 'route'> = {}): Promise<TestDatabase> {
  return open(await cloneDatabase(), more);
}

/** The same, cloned from one that `fill` has been given; the first caller of the run waits for it, for all with this name. */
export async function openFilledDatabase(
  name: string,
  fill: (url: string) => Promise<void>,
): Promise<TestDatabase> {
  const home = inject('databaseHome');
  const server = await sharedServer(home);
  const plain = await plainTemplate(home, server);
  const filled = `${plain}_${name}`;
  await makeTemplate(server, filled, { from: plain, prepare: fill });
  return open(await cloneOf(server, filled), {});
}

async function open({ url, drop }: Clone, more: Pick<Context, 'route'>): Promise<TestDatabase> {
  const knex = connect(url, 20);
  const queue = createQueue({ url, sha256, log: silentLog });
  await queue.start();
  const storeWith = (other: Queue) =>
    createStore({
      ...more,
      knex,
      queue: other,
      channel: 'C0OPS',
      cluster: 'test',
      identity: () => undefined,
      clock: () => noon,
      newId: randomUUID,
      sha256,
      learn,
    });
  const close = async () => {
    await queue.stop();
    await knex.destroy();
    await drop();
  };
  return { url, knex, queue, store: storeWith(queue), storeWith, close };
}

/** Makes the connections that the pool keeps, so that none is being made while a test moves the clock. */
export async function connected({ knex }: TestDatabase): Promise<void> {
  await Promise.all(Array.from({ length: 4 }, () => knex.raw('select 1')));
}

/** A pool for who only looks on, without the time-outs of production. */
export function onlooker(url: string): Knex {
  const pool = { min: 0, max: 4 };
  return createKnex({ client: 'pg', connection: url, pool, acquireConnectionTimeout: hangGuard });
}

/** A database without any connection to it. `drop` fails when somebody still has one. */
interface Clone {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

export async function cloneDatabase(): Promise<Clone> {
  const home = inject('databaseHome');
  const server = await sharedServer(home);
  return cloneOf(server, await plainTemplate(home, server));
}

async function plainTemplate(home: string, server: string): Promise<string> {
  const template = templateOf(home);
  await makeTemplate(server, template, { prepare: migrated });
  return template;
}

async function cloneOf(server: string, template: string): Promise<Clone> {
  const name = `${template}_${randomUUID().slice(0, 8)}`;
  await administer(server, [`create database ${name} template ${template}`]);
  return {
    url: addressOf(server, name),
    drop: async () => {
      await leakCheck(server, name);
      await administer(server, [`drop database ${name}`]);
    },
  };
}

function addressOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Two files may come first at once: an advisory lock lets one make the template under a draft name. */
async function makeTemplate(server: string, template: string, how: Making): Promise<void> {
  const known = `select 1 from pg_database where datname = '${template}'`;
  const [found] = await administer(server, [known]);
  if (found?.rowCount === 1) return;
  // Whoever comes first needs longer than the time that production gives a lock, a statement or a silent server.
  const admin = onlooker(server);
  try {
    // Of a transaction: a connection that idles is given up after half a minute, and its locks with it.
    await admin.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(7)');
      const [again] = await administer(server, [known]);
      if (again?.rowCount !== 1) await makeAnew(server, template, how);
    });
  } finally {
    await admin.destroy();
  }
}

interface Making {
  /** Another template; PostgreSQL's own without it. */
  readonly from?: string;
  readonly prepare: (url: string) => Promise<void>;
}

async function makeAnew(server: string, template: string, { from, prepare }: Making): Promise<void> {
  const draft = `${template}_draft`;
  await administer(server, [`create database ${draft}${from === undefined ? '' : ` template ${from}`}`]);
  await prepare(addressOf(server, draft));
  await administer(server, [`alter database ${draft} rename to ${template}`]);
}

async function migrated(url: string): Promise<void> {
  const knex = connect(url, 2);
  await migrate(knex);
  await knex.destroy();
  const queue = createQueue({ url, sha256, log: silentLog });
  await queue.start();
  await queue.stop();
}

/** The server notices a closed connection a moment later, so it is asked more than once. */
async function leakCheck(server: string, name: string): Promise<void> {
  const open = `select string_agg(application_name || ': ' || left(query, 60), '; ') as left, count(*)::int as n
    from pg_stat_activity where datname = '${name}'`;
  for (let look = 0; look < 40; look += 1) {
    const [result] = await administer(server, [open]);
    if (result?.rows[0].n === 0) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  const [result] = await administer(server, [open]);
  throw new Error(`connections were left open to ${name}: ${result?.rows[0].left}`);
}

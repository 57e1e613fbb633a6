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
import { ask, sharedServer, templateOf } from './cluster.ts';
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
  const queue = startedWhenAsked(createQueue({ url, sha256, log: silentLog }));
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

/** The template has its tables, and few tests have what needs its connections: those that have none of it make none. */
function startedWhenAsked(queue: Queue): Queue {
  let started: Promise<void> | undefined;
  const start = () => {
    started ??= queue.start();
    return started;
  };
  const afterStart =
    <A extends unknown[], R>(does: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await start();
      return does(...args);
    };
  return {
    ...queue,
    start,
    fail: afterStart(queue.fail),
    touch: afterStart(queue.touch),
    stop: async () => {
      if (started === undefined) return;
      await started;
      await queue.stop();
    },
  };
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
  await ask(server, copyOf(name, template));
  return {
    url: addressOf(server, name),
    drop: async () => {
      await leakCheck(server, name);
      await ask(server, `drop database ${name}`);
    },
  };
}

/** File by file: writing each page to the log first takes several times as long. */
const copyOf = (name: string, template: string): string =>
  `create database ${name} template ${template} strategy file_copy`;

function addressOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Makes the template, once for all calls in this process. */
function makeTemplate(server: string, template: string, how: Making): Promise<void> {
  const making = templates.get(template) ?? makeUnlessThere(server, template, how);
  templates.set(template, making);
  return making;
}

const templates = new Map<string, Promise<void>>();

/** Two files may come first at once: an advisory lock lets one make the template under a draft name. */
async function makeUnlessThere(server: string, template: string, how: Making): Promise<void> {
  const known = `select 1 from pg_database where datname = '${template}'`;
  if ((await ask(server, known)).rowCount === 1) return;
  // Whoever comes first needs longer than the time that production gives a lock, a statement or a silent server.
  const admin = onlooker(server);
  try {
    // Of a transaction: a connection that idles is given up after half a minute, and its locks with it.
    await admin.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(7)');
      const again = await ask(server, known);
      if (again.rowCount !== 1) await makeAnew(server, template, how);
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
  await ask(server, from === undefined ? `create database ${draft}` : copyOf(draft, from));
  await prepare(addressOf(server, draft));
  await ask(server, `alter database ${draft} rename to ${template}`);
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
    if ((await ask(server, open)).rows[0].n === 0) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`connections were left open to ${name}: ${(await ask(server, open)).rows[0].left}`);
}

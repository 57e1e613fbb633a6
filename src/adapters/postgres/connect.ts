import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { endWhenSilent } from './silence.ts';

/** A statement that takes longer has gone wrong: none here scans a table. Milliseconds. */
const statementTimeout = 6_000;

/** Connections that are kept while nothing is to do. */
const kept = 4;

/** A server that has sent nothing for longer than a statement may take will send nothing any more. Milliseconds. */
export const answerTimeout = 8_000;

/**
 * A process that stands still in the middle of a transaction keeps its locks, the audit chain's above all, and everybody
 * waits for it: the server ends it before their own patience (`lockTimeout`) is over. Milliseconds.
 */
const idleInTransaction = 2_500;

/** Waiting longer for another's row lock than this is answered by a retry. Milliseconds. */
const lockTimeout = 5_000;

/**
 * Every statement sees what was committed last: locks are taken before what they guard is read, and a database that is
 * set to more would end half of what waits for a lock. The backslash keeps the two words one option.
 */
const isolation = 'read\\ committed';

/** The database cannot be reached. The message names the host and the port, never the password. */
export class DatabaseAway extends Error {
  constructor(message: string, options: { cause: unknown }) {
    super(message, options);
    this.name = 'DatabaseAway';
  }
}

/** `host:port/database` of a connection string, fit for logs. */
export function describeDatabase(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'the address in DATABASE_URL' : `${parsed.host}${parsed.pathname}`;
}

interface PoolOptions {
  /** By which the server lists its connections. */
  readonly name?: string;
  /** See endWhenSilent: for statements that may take as long as they like. */
  readonly isPatient?: () => boolean;
}

/**
 * The pool for all statements of this process; the queue and the liveness connection have their own. A connection on
 * which the server is silent is ended, and its statement fails as `isTransient`.
 *
 * @param max connections
 */
export function connect(url: string, max = 10, { name = 'firebreak', isPatient }: PoolOptions = {}): Knex {
  const connection = {
    connectionString: url,
    application_name: name,
    statement_timeout: statementTimeout,
    options: `-c lock_timeout=${lockTimeout} -c default_transaction_isolation=${isolation}`,
    idle_in_transaction_session_timeout: idleInTransaction,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // See transaction.ts: statements do not wait for each other's answers. pg hands this on, knex's types do not know it.
    pipeline: true,
  };
  return knex({
    client: 'pg',
    // The oldest that is supported; told beforehand, no connection begins with a question that nothing times.
    version: '15.0',
    connection,
    pool: {
      // Made when they are first wanted, and kept: nobody waits for one to be made after a quiet time.
      min: Math.min(kept, max),
      max,
      afterCreate: (client: pg.Client, done: (fault: null, client: pg.Client) => void) => {
        endWhenSilent(client, answerTimeout, isPatient);
        done(null, client);
      },
    },
    acquireConnectionTimeout: 10_000,
    // Its warnings repeat what the error that follows says.
    log: { warn: () => {}, error: () => {}, deprecate: () => {}, debug: () => {} },
  });
}

/**
 * Resolves when the database answers. Throws DatabaseAway after `seconds`, with the last reason.
 * A wrong password or a missing database does not get better by waiting and throws at once.
 */
export async function waitForDatabase(url: string, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const failure = await ping(url);
    if (failure === undefined) return;
    if (!isTransient(failure) || performance.now() >= deadline) throw away(url, failure);
    await sleep(200);
  }
}

async function ping(url: string): Promise<Error | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    endWhenSilent(client, answerTimeout);
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.end().catch(() => {});
  }
}

function away(url: string, cause: Error): DatabaseAway {
  const reason = cause.message === '' ? String(Reflect.get(cause, 'code')) : cause.message;
  const sentence = `Cannot use the database at ${describeDatabase(url)}: ${reason}. Check DATABASE_URL and that PostgreSQL is running there.`;
  return new DatabaseAway(sentence, { cause });
}

/**
 * SQLSTATE classes and socket errors that say "the server or the way to it is gone for now". 25P03 and 25P04: the server
 * ended a transaction that stood still or took too long, and its connection with it.
 */
const transient = /^(08|53300|55000|57P0|25P0[34]|E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN))/;

/** What pg, its pools and knex say without a code: of a connection that has broken since the last statement, above all. */
const cutOff = /terminated|timeout|not queryable|Connection ended|Timeout acquiring/i;

/** True when the connection, not the statement, was at fault: the outcome of a commit is then unknown. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isTransient);
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return transient.test(code);
  return cutOff.test(error.message);
}

import type { Knex } from 'knex';
import pg from 'pg';
import { sendWithOthers } from './socket.ts';
import type { Binding, Db, Statement } from './statement.ts';

/**
 * One transaction. Its statements are sent in the order in which they are asked and do not wait for each other's answers:
 * who asks several before awaiting the first waits once. After one that failed the server refuses the others.
 */
export interface Transaction extends Db {
  raw(sql: string, bindings?: readonly Binding[]): Promise<unknown>;
  readonly isTransaction: true;
  /** A statement with `$1` in the place of `?`. */
  native(sql: string, values: readonly unknown[]): Promise<unknown>;
  /** Sends statements of which nobody has to hear before it is committed: what they demand fails it. */
  demand(...statements: readonly Statement[]): void;
  /** The same; they are sent with the commit, in this order. */
  last(...statements: readonly Statement[]): void;
}

/**
 * Runs `work` in one transaction on a connection of the pool's. Everything is sent as soon as it is asked, `begin` with the
 * first statement and `commit` with the last ones: the server does all of it, or nothing.
 *
 * @throws what `work` throws, or the first fault that the server or the connection had
 */
export function inTransaction<T>(knex: Knex, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return onConnection(knex, (client) => carryOut(client, work));
}

/** Does something on a connection of the pool's, which nobody else uses meanwhile. */
export async function onConnection<T>(knex: Knex, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const pool: ConnectionPool = knex.client;
  const client = await pool.acquireConnection();
  if (!(client instanceof pg.Client)) throw new Error('this version of knex has other connections than pg');
  try {
    return await work(client);
  } finally {
    await pool.releaseConnection(client);
  }
}

/** What is used of knex's client. */
interface ConnectionPool {
  acquireConnection(): Promise<unknown>;
  releaseConnection(connection: unknown): Promise<void>;
}

async function carryOut<T>(client: pg.Client, work: (trx: Transaction) => Promise<T>): Promise<T> {
  const pipe = openPipe(client);
  const last: Statement[] = [];
  try {
    void pipe.send('BEGIN');
    const answer = await work({
      isTransaction: true,
      raw: (sql, bindings) => pipe.send(placed(sql), bindings),
      native: (sql, values) => pipe.send(sql, values),
      demand: (...statements) => {
        for (const statement of statements) sendUnheard(pipe, statement);
      },
      last: (...statements) => void last.push(...statements),
    });
    for (const statement of last) sendUnheard(pipe, statement);
    const { command } = await pipe.end('COMMIT');
    const fault = pipe.fault();
    if (fault !== undefined) throw fault;
    // The server's answer to a commit after a failure that nobody heard of.
    if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`);
    return answer;
  } catch (fault) {
    await pipe.end('ROLLBACK').catch((broken: unknown) => abandon(client, broken));
    throw pipe.fault() ?? fault;
  }
}

interface Pipe {
  /** @param orElse said or thrown in the place of a division by zero */
  send(sql: string, values?: readonly unknown[], orElse?: string | Error): Promise<pg.QueryResult>;
  /** The last of them; after it nothing is sent. */
  end(sql: 'COMMIT' | 'ROLLBACK'): Promise<pg.QueryResult>;
  /** The first fault of a statement; the later ones say no more than that the transaction is broken. */
  fault(): unknown;
}

const divisionByZero = '22012';

function openPipe(client: pg.Client): Pipe {
  let first: { readonly fault: unknown } | undefined;
  let open = true;
  const ask = (sql: string, bindings: readonly unknown[], orElse?: string | Error) => {
    sendWithOthers(client);
    const answer = client.query(bindings.length === 0 ? { text: sql } : { text: sql, values: [...bindings] });
    answer.catch((fault: unknown) => {
      first ??= { fault: orElse === undefined ? fault : explained(fault, orElse) };
    });
    return answer;
  };
  return {
    fault: () => first?.fault,
    send: (sql, bindings = [], orElse) => {
      // Sent after the commit it would be a transaction of its own.
      if (!open) return Promise.reject(new Error('a statement came after its transaction was over'));
      return ask(sql, bindings, orElse);
    },
    end: (sql) => {
      open = false;
      return ask(sql, []);
    },
  };
}

function explained(fault: unknown, orElse: string | Error): unknown {
  const isOurs = fault instanceof Error && Reflect.get(fault, 'code') === divisionByZero;
  if (!isOurs) return fault;
  return typeof orElse === 'string' ? new Error(orElse, { cause: fault }) : orElse;
}

/** A statement that has to write is made to fail where it does not: its answer comes too late for anybody to say so. */
function sendUnheard(pipe: Pipe, { sql, bindings, orElse, demandsItself }: Statement): void {
  const text = placed(sql);
  const demanding = `with written as (${text} returning 1) select 1 / count(*) from written`;
  const isPlain = orElse === undefined || demandsItself === true;
  void pipe.send(isPlain ? text : demanding, bindings, orElse);
}

/** `$1` for the first `?`, as knex does it; `\?` is none. */
export function placed(sql: string): string {
  let count = 0;
  return sql.replace(/(\\*)\?/g, (_found, { length }: string) => {
    if (length % 2 === 1) return '?';
    count += 1;
    return `$${count}`;
  });
}

/** The pool closes a connection that has this mark, and makes another. */
export function abandon(client: pg.Client, why: unknown): void {
  Reflect.set(client, '__knex__disposed', why);
}

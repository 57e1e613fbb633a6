import type { ClientBase } from 'pg';
import { socketOf } from './socket.ts';

/**
 * Ends a connection on which the server owes an answer and has sent nothing for some time: the way to it is cut, and
 * nobody says so when packets are dropped. The query under way fails with the code ETIMEDOUT. pg's own `query_timeout`
 * gives the query up and leaves the connection to the next one, which then waits as long.
 *
 * @param milliseconds longer than any statement may take
 * @param isPatient while it says yes, the server is given as long again
 */
export function endWhenSilent(
  client: ClientBase,
  milliseconds: number,
  isPatient: () => boolean = () => false,
): void {
  const stream = socketOf(client);
  stream.setTimeout(milliseconds);
  stream.on('timeout', () => {
    // Between two queries there is nothing to wait for.
    if (Reflect.get(client, 'readyForQuery') === true) return;
    if (isPatient() || performance.now() < (givenUntil.get(client) ?? 0)) stream.setTimeout(milliseconds);
    else stream.destroy(silent(milliseconds));
  });
}

/** Connections that are waited for longer, and until when. */
const givenUntil = new WeakMap<ClientBase, number>();

/** Gives the server more time on one connection while `work` goes on: what reads whole tables has nothing to send for long. */
export async function givingTime<T>(
  client: ClientBase,
  milliseconds: number,
  work: () => Promise<T>,
): Promise<T> {
  givenUntil.set(client, performance.now() + milliseconds);
  return work().finally(() => givenUntil.delete(client));
}

/**
 * Waits for connections to be closed, and leaves them when that takes longer: pg says goodbye and waits for the server to
 * hang up, which one that is silent never does.
 */
export async function closedWithin(milliseconds: number, closing: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([promise, closing]).finally(() => clearTimeout(timer));
}

function silent(milliseconds: number): Error {
  const fault = new Error(
    `the database has not answered for ${milliseconds / 1000} s; the connection is ended`,
  );
  return Object.assign(fault, { code: 'ETIMEDOUT' });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { isTransient } from './connect.ts';
import { inTransaction, type Transaction } from './transaction.ts';

const attempts = 5;

/** serialization_failure, deadlock_detected, lock_not_available: nothing was written, trying again may do. */
const clashes: readonly unknown[] = ['40001', '40P01', '55P03'];

/**
 * Runs `work` in one transaction and again, up to five times, when it met a clash or lost its connection.
 * A lost connection leaves the outcome open, so `work` must find its own earlier commit and change nothing then.
 */
export function transact<T>(knex: Knex, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return untilAnswered(() => inTransaction(knex, work));
}

/** The same for what needs no transaction, because doing it twice is as good as doing it once. */
export async function untilAnswered<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !mayRetry(error)) throw error;
      await sleep(2 ** attempt * 20 * (0.5 + Math.random()));
    }
  }
}

function mayRetry(error: unknown): boolean {
  return clashes.includes(sqlState(error)) || isTransient(error);
}

/** The SQLSTATE of a database error, or undefined for any other. */
export function sqlState(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}

/** The name of the constraint that a database error is about. */
export function constraintOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'constraint') : undefined;
}

import type { Knex } from 'knex';
import { z } from 'zod';
import { untilAnswered } from './transact.ts';

/** Anything SQL can be sent to: the pool or one transaction. */
export type Db = Knex;

/** Values knex puts in the place of `?`. */
export type Binding = string | number | boolean | null | string[] | number[];

/**
 * Runs one statement and parses every row; a row of another shape is a fault. Outside a transaction it only reads, and is
 * asked again when its connection was lost.
 */
export async function rows<S extends z.ZodType>(
  db: Db,
  row: S,
  sql: string,
  bindings: readonly Binding[] = [],
): Promise<z.output<S>[]> {
  const ask = async (): Promise<unknown> => db.raw(sql, [...bindings]);
  const result = db.isTransaction === true ? await ask() : await untilAnswered(ask);
  return z.object({ rows: z.array(row) }).parse(result).rows;
}

/** Runs one statement for its effect; answers how many rows it wrote. */
export async function write(db: Db, sql: string, bindings: readonly Binding[] = []): Promise<number> {
  const result: unknown = await db.raw(sql, [...bindings]);
  return z.object({ rowCount: z.number().nullable() }).parse(result).rowCount ?? 0;
}

/** A timestamptz as the domain writes it. */
export const timestamp = z.date().transform((date) => date.toISOString());

/**
 * Text as PostgreSQL can hold it: neither text nor jsonb takes U+0000, jsonb no lone surrogate
 * (PostgreSQL documentation, "JSON Types"). Alert labels and stderr may carry both.
 */
export function clean(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** The text of a jsonb value; JSON.stringify writes what jsonb refuses as `\u0000` and `\udXXX`. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return /\\u(0000|d[89a-f])/.test(text) ? JSON.stringify(JSON.parse(text, cleanEntry)) : text;
}

function cleanEntry(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), item]));
}

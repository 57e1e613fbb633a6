import { z } from 'zod';
import type { Binding, Db, Statement } from './statement.ts';
import { untilAnswered } from './transact.ts';

export type { Binding, Db, Statement } from './statement.ts';

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

/** Runs statements of whose answers nobody wants to know more than that they were carried out. */
export async function send(db: Db, ...statements: readonly Statement[]): Promise<void> {
  await Promise.all(statements.map(({ sql, bindings }) => db.raw(sql, bindings)));
}

/** A timestamptz as the domain writes it. */
export const timestamp = z.date().transform((date) => date.toISOString());

/**
 * Text as PostgreSQL can hold it: neither text nor jsonb takes U+0000, jsonb no lone surrogate
 * (PostgreSQL documentation, "JSON Types"). Alert labels and stderr may carry both.
 */
export function clean(text: string): string {
  const isClean = text.isWellFormed() && !text.includes('\0');
  return isClean ? text : text.replaceAll('\0', '\uFFFD').toWellFormed();
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

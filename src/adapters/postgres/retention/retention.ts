import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Retention } from '../../../domain/policy/retention.ts';
import { after } from '../../../domain/text/time.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { appendEvents } from '../audit/audit.ts';
import { linesOfBaseline } from '../audit/records.ts';
import { rows } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import type { Batch, Before } from './batch.ts';
import { bareIncidents, endedCases, unheardIncidents } from './cases.ts';
import { checkpoint, prunedLines } from './old-lines.ts';
import { earlyResolutions, messages, objectHistory, operations } from './records.ts';

/** "FBrt": one replica prunes at a time. */
const retentionLock = 0x46427274;

/**
 * In this order: what is about something goes before it, an incident that was closed for silence together with its parts, which
 * nothing else would find without it, and the chain last, because it vouches for the others.
 */
const batches: readonly (readonly [name: string, Batch])[] = [
  ['objectHistory', objectHistory],
  ['earlyResolutions', earlyResolutions],
  ['operations', operations],
  ['messages', messages],
  ['unheardIncidents', unheardIncidents],
  ['endedCases', endedCases],
  ['bareIncidents', bareIncidents],
  ['checkpoint', checkpoint],
  ['lines', prunedLines],
];

export interface RetentionOptions {
  readonly knex: Knex;
  readonly sha256: Sha256;
  readonly retention: Retention;
  readonly now: string;
  /** Transactions in all, and for one table; what is left then is left to the next run. */
  readonly most?: number;
  readonly perTable?: number;
  readonly leastLines?: number;
  readonly signal?: AbortSignal;
}

/** Rows that were deleted, by batch. */
export type RetentionResult = Readonly<Record<string, number>>;

/** Milliseconds between two transactions, in which those go on who waited for one. */
const pause = 20;

/**
 * Deletes what the policy's retention says is old, in many small transactions: killed between any two, everything fits
 * together, and the next run goes on. Another replica at it: this one leaves it alone.
 */
export async function prune(options: RetentionOptions): Promise<RetentionResult> {
  const { knex, sha256, now, most = 400, perTable = 60, leastLines = 1_000, signal } = options;
  const deleted: Record<string, number> = {};
  const before = instants(options.retention, now);
  let left = most;
  if (!(await itemise(options))) return deleted;
  for (const [name, batch] of batches) {
    let after: string | undefined;
    for (let of = 0; of < perTable && left > 0 && signal?.aborted !== true; of += 1) {
      left -= 1;
      const old = { before, now, sha256, leastLines, after };
      const done = await transact(knex, async (trx) => ((await locked(trx)) ? batch(trx, old) : undefined));
      if (done === undefined) return deleted;
      if (done.deleted > 0) deleted[name] = (deleted[name] ?? 0) + done.deleted;
      if (done.next === undefined) break;
      after = done.next;
      await sleep(pause);
    }
  }
  return deleted;
}

/** See linesOfBaseline. False when another replica prunes. */
function itemise({ knex, sha256, now }: RetentionOptions): Promise<boolean> {
  return transact(knex, async (trx) => {
    if (!(await locked(trx))) return false;
    await appendEvents(trx, await linesOfBaseline(trx, sha256, now));
    return true;
  });
}

async function locked(trx: Transaction): Promise<boolean> {
  const lock = z.object({ free: z.boolean() });
  const [found] = await rows(trx, lock, 'select pg_try_advisory_xact_lock(?) as free', [retentionLock]);
  return found?.free === true;
}

const day = 86_400;

function instants(retention: Retention, now: string): Before {
  const before = (days: number) => after(now, -days * day);
  const { incidents, messages, operations, history, audit } = retention;
  return {
    incidents: before(incidents),
    messages: before(messages),
    operations: before(operations),
    history: before(history),
    audit: before(audit),
  };
}

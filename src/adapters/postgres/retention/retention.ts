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
  /** Milliseconds, and transactions in all; what is left then is left to the next run. */
  readonly longest?: number;
  readonly most?: number;
  /** Transactions of one table until the others have their turn; then it goes on. */
  readonly perTable?: number;
  /** Is told what was not done with when the time was over. */
  readonly onLeft?: (names: readonly string[]) => void;
  readonly leastLines?: number;
  readonly signal?: AbortSignal;
}

/** Rows that were deleted, by batch. */
export type RetentionResult = Readonly<Record<string, number>>;

/** Milliseconds between two transactions, in which those go on who waited for one. */
const pause = 20;

/** Milliseconds for one run: what one storm left is gone within a run or two, and the next run is not yet due. */
const longestRun = 300_000;

/**
 * Deletes what the policy's retention says is old, in many small transactions, for five minutes at most: killed between any
 * two, everything fits together, and the next run goes on. Another replica at it: this one leaves it alone.
 */
export async function prune(options: RetentionOptions): Promise<RetentionResult> {
  const { longest = longestRun, most = Number.POSITIVE_INFINITY, onLeft } = options;
  const run: Run = { deleted: {}, left: most, end: performance.now() + longest };
  if (!(await itemise(options))) return run.deleted;
  let open: readonly Turn[] | undefined = batches.map(([name, batch]) => ({ name, batch }));
  do open = await round(options, open, run);
  while (open !== undefined && open.length > 0 && hasTime(options, run));
  if (open !== undefined && open.length > 0) onLeft?.(open.map(({ name }) => name));
  return run.deleted;
}

/** What one run has done, how many transactions it has left, and when it ends. */
interface Run {
  readonly deleted: Record<string, number>;
  left: number;
  readonly end: number;
}

const hasTime = ({ signal }: RetentionOptions, { left, end }: Run): boolean =>
  left > 0 && signal?.aborted !== true && performance.now() < end;

/** What is pruned of one table, and where it goes on. */
interface Turn {
  readonly name: string;
  readonly batch: Batch;
  readonly after?: string | undefined;
}

/** A turn for each; answers those that are not done with. Undefined when another replica prunes. */
async function round(
  options: RetentionOptions,
  turns: readonly Turn[],
  run: Run,
): Promise<readonly Turn[] | undefined> {
  const open: Turn[] = [];
  for (const turn of turns) {
    const left = await taken(options, turn, run);
    if (left === 'elsewhere') return undefined;
    if (left !== 'done') open.push(left);
  }
  return open;
}

async function taken(options: RetentionOptions, turn: Turn, run: Run): Promise<Turn | 'done' | 'elsewhere'> {
  const { name, batch } = turn;
  let { after } = turn;
  for (let of = 0; of < (options.perTable ?? 60) && hasTime(options, run); of += 1) {
    run.left -= 1;
    const done = await batchOf(options, batch, after);
    if (done === undefined) return 'elsewhere';
    if (done.deleted > 0) run.deleted[name] = (run.deleted[name] ?? 0) + done.deleted;
    if (done.next === undefined) return 'done';
    after = done.next;
    await sleep(pause);
  }
  return { ...turn, after };
}

/** Undefined when another replica prunes. */
function batchOf(
  { knex, sha256, retention, now, leastLines = 1_000 }: RetentionOptions,
  batch: Batch,
  after?: string,
) {
  const old = { before: instants(retention, now), now, sha256, leastLines, after };
  return transact(knex, async (trx) => ((await locked(trx)) ? batch(trx, old) : undefined));
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

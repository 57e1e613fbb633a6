import { z } from 'zod';
import { appendEvents } from '../audit/audit.ts';
import type { Head } from '../audit/chain.ts';
import { chainStart, checkpointEntry } from '../audit/checkpoint.ts';
import { policyEntry, policyRow } from '../audit/records.ts';
import { rows, timestamp } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import type { Batch, Old } from './batch.ts';

/** Lines a transaction. */
const most = 1_000;

/** Lines that one checkpoint is for, so that there are few of them. */
const pageOfLines = 5_000;

const pruned = z.object({ deleted: z.number() });

/**
 * Deletes lines that a checkpoint has vouched for. The database itself looks at them first (migration 0035): who runs
 * Firebreak needs no right to delete from the chain.
 */
export const prunedLines: Batch = async (trx) => {
  const [found] = await rows(trx, pruned, 'select prune_audit_lines(?) as deleted', [most]);
  const deleted = found?.deleted ?? 0;
  return { deleted, ...(deleted < most ? {} : { next: '' }) };
};

const line = z.object({
  seq: z.coerce.number(),
  hash: z.string(),
  at: timestamp,
  needed: z.boolean(),
  young: z.boolean(),
});

/**
 * Sets a checkpoint after the oldest lines, where they are many enough for one and nothing that is there is vouched for by
 * them. Then those policies go that only they vouch for; the one in force gets a line anew.
 */
export const checkpoint: Batch = async (trx, old) => {
  const start = await chainStart(trx);
  if (start.kind === 'invalid') return { deleted: 0 };
  const sql = `select seq, hash, at, coalesce(row.there, false) or (kind = 'baseline' and data_digest <> '' and seq = (
        select seq from remediation_events where kind = 'baseline' order by seq desc limit 1)) as needed,
      at >= audit_old_enough() as young
    from (select * from remediation_events where seq > ? order by seq limit ${pageOfLines}) e
      left join lateral (select true as there from remediations r where r.id = e.remediation_id limit 1) row on true
    order by seq`;
  const lines = await rows(trx, line, sql, [start.head.seq]);
  const kept = lines.findIndex(({ at, needed, young }) => needed || young || at >= old.before.audit);
  const last = (kept === -1 ? lines : lines.slice(0, kept)).at(-1);
  if (last === undefined || last.seq - start.head.seq < old.leastLines) return { deleted: 0 };
  const to = { seq: last.seq, hash: last.hash };
  // Whoever records a policy has this before the chain's head, which is taken by the lines.
  await trx.raw('lock table policy_changes in row exclusive mode');
  const again = await policyInForce(trx, old, to);
  const said = checkpointEntry({ from: start.head, to }, old.now, old.sha256);
  await appendEvents(trx, [...again, said]);
  const [found] = await rows(trx, pruned, 'select prune_audit_policies() as deleted');
  return { deleted: found?.deleted ?? 0, next: '' };
};

/** The number of the line that vouches for a policy. */
const lineOf = `(select seq from remediation_events e where e.kind = 'policy' and e.version = p.number order by seq desc limit 1)`;

async function policyInForce(trx: Transaction, old: Old, { seq }: Head) {
  const sql = `select number, at, digest, previous, diff from policy_changes p
    where number = (select max(number) from policy_changes) and ${lineOf} <= ?`;
  return (await rows(trx, policyRow, sql, [seq])).map((row) => ({
    ...policyEntry(row, old.sha256),
    at: old.now,
  }));
}

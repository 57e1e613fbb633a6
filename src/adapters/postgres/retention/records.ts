import { z } from 'zod';
import { finalStates } from '../../../domain/remediation.ts';
import { rows, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import type { Batch } from './batch.ts';

/** Rows a transaction. */
const most = 500;

/** Threads a transaction: a card has some five messages. */
const mostThreads = 100;

/** What was done to which object, and ends of alerts whose beginning never came. */
export const objectHistory: Batch = (trx, { before }) =>
  deleteOldest(trx, 'object_history', 'started_at', before.history);

export const earlyResolutions: Batch = (trx, { before }) =>
  deleteOldest(trx, 'early_resolutions', 'received_at', before.history);

/** Lines of what has ended. */
export const operations: Batch = (trx, { before }) =>
  deleteOldest(trx, 'automation_operation_log', 'started_at', before.operations, 'and ended_at is not null');

/**
 * By their place in the table: a join by their keys may read all of it. `table`, `by` and `also` are of this code. What
 * another transaction holds is left to the next run.
 */
async function deleteOldest(trx: Transaction, table: string, by: string, before: string, also = '') {
  const sql = `delete from ${table} where ctid = any (array(
    select ctid from ${table} where ${by} < ? ${also} order by ${by} limit ${most} for update skip locked))`;
  const deleted = await write(trx, sql, [before]);
  return { deleted, ...(deleted < most ? {} : { next: '' }) };
}

const thread = z.object({ id: z.string(), at: z.string(), over: z.boolean() });

/** A thread goes at once, when it is old, Slack has taken all of it, and nothing in its incident is open. */
export const messages: Batch = async (trx, { before, after }) => {
  const [at = '-infinity', id = '00000000-0000-0000-0000-000000000000'] = after?.split(' id ') ?? [];
  const sql = `select id, created_at::text as at, not exists (
      select from slack_outbox m where m.key = o.key or m.root_key = o.key
      having bool_or(m.created_at >= ? or m.leased_until is not null
        or (m.status = 'open' and m.sent_revision < m.desired_revision))
    ) and (incident_id is null or (${isOver})) as over
    from slack_outbox o where root_key is null and created_at < ? and (created_at, id) > (?::timestamptz, ?::uuid)
    order by created_at, id limit ${mostThreads}`;
  const found = await rows(trx, thread, sql, [before.messages, before.messages, at, id]);
  const over = found.filter((each) => each.over).map((each) => each.id);
  const roots = 'select id, key from slack_outbox where id = any (?)';
  await write(
    trx,
    `delete from slack_doubles where message_id in (select m.id from (${roots}) root
      join slack_outbox m on m.id = root.id or m.root_key = root.key)`,
    [over],
  );
  const replies = `delete from slack_outbox where root_key in (select key from (${roots}) root)`;
  const deleted =
    (await write(trx, replies, [over])) +
    (await write(trx, 'delete from slack_outbox where id = any (?)', [over]));
  const last = found.at(-1);
  return {
    deleted,
    ...(last === undefined || found.length < mostThreads ? {} : { next: `${last.at} id ${last.id}` }),
  };
};

const isOver = `select state = 'triaged' and (alert is null or resolved_at is not null) and not exists (
    select from remediations r where r.incident_id = i.id
      and r.state not in (${finalStates.map((each) => `'${each}'`).join(', ')}))
  from incidents i where i.id = o.incident_id`;

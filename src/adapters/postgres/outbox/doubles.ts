import { z } from 'zod';
import type { Double, DoubleSettled } from '../../../workflow/outbox-port.ts';
import { type Db, rows, timestamp, write } from '../sql.ts';

/** Seconds after a post that may have been one too many; what was on its way to Slack then has arrived or never will. */
const firstLook = 60;
/** Once more, for a sender that stood still meanwhile. */
const secondLook = 900;
const looks = 2;

/** Deleting and looking are tried this often, later and later: for about a day. */
const mostAttempts = 100;

/** How long one copy belongs to the one who took it, in seconds. */
const lease = 60;

/** Notes a copy that is there, at `ts`, or that there may be one. */
export async function noteDouble(
  trx: Db,
  messageId: string,
  found: { readonly channel: string; readonly ts?: string },
): Promise<void> {
  const sql = `insert into slack_doubles (message_id, channel, ts, due_at)
    values (?, ?, ?, clock_timestamp() + ?::float8 * interval '1 second') on conflict do nothing`;
  const { channel, ts } = found;
  await write(trx, sql, [messageId, channel, ts ?? null, ts === undefined ? firstLook : 0]);
}

/** Whether there is a copy to delete or to look for now. */
export const isDoubleDue = 'exists (select from slack_doubles where due_at <= statement_timestamp())';

const taken = z
  .object({
    id: z.string(),
    key: z.string(),
    channel: z.string(),
    copy: z.string().nullable(),
    kept: z.string(),
    thread_ts: z.string().nullable(),
    created_at: timestamp,
  })
  .transform(({ copy, thread_ts: threadTs, created_at: createdAt, ...rest }) => ({
    ...rest,
    createdAt,
    ...(copy === null ? {} : { copy }),
    ...(threadTs === null ? {} : { threadTs }),
  }));

/**
 * Takes a few of what is due. Never the message itself: a copy is what lies elsewhere than the message that is known, and
 * nothing is a copy while none is known.
 */
export async function takeDoubles(db: Db, limit: number): Promise<readonly Double[]> {
  const sql = `with given_up as (delete from slack_doubles where due_at <= statement_timestamp() and attempts >= ${mostAttempts}),
    taken as (
      update slack_doubles set attempts = attempts + 1, due_at = clock_timestamp() + interval '${lease} seconds'
      where id in (select id from slack_doubles where due_at <= statement_timestamp() and attempts < ${mostAttempts}
        order by due_at limit ? for update skip locked)
      returning id, message_id, channel, ts
    )
    select taken.id::text, o.key, taken.channel, taken.ts as copy, o.ts as kept, root.ts as thread_ts, o.created_at
    from taken join slack_outbox o on o.id = taken.message_id left join slack_outbox root on root.key = o.root_key
    where o.ts is not null and (taken.ts is null or taken.ts <> o.ts)`;
  return rows(db, taken, sql, [limit]);
}

/** Notes what became of it. */
export async function settleDouble(trx: Db, double: Double, settled: DoubleSettled): Promise<void> {
  switch (settled.kind) {
    case 'removed':
      await write(trx, 'delete from slack_doubles where id = ?', [double.id]);
      return;
    case 'looked':
      for (const ts of settled.copies) await noteFound(trx, double, ts);
      await lookAgain(trx, double);
      return;
    case 'later':
      await putOff(trx, double, settled.afterSeconds);
  }
}

async function noteFound(trx: Db, { id, channel }: Double, ts: string): Promise<void> {
  const sql = `insert into slack_doubles (message_id, channel, ts)
    select message_id, ?, ? from slack_doubles where id = ? on conflict do nothing`;
  await write(trx, sql, [channel, ts, id]);
}

async function lookAgain(trx: Db, { id }: Double): Promise<void> {
  await write(trx, 'delete from slack_doubles where id = ? and attempts >= ?', [id, looks]);
  const sql = `update slack_doubles set due_at = clock_timestamp() + interval '${secondLook} seconds' where id = ?`;
  await write(trx, sql, [id]);
}

async function putOff(trx: Db, { id }: Double, seconds: number): Promise<void> {
  const sql = `update slack_doubles set due_at = clock_timestamp() + greatest(?::float8, least(900, 2 ^ attempts)) * interval '1 second'
    where id = ?`;
  await write(trx, sql, [seconds, id]);
}

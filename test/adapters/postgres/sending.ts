import type { Delivery, Double, Outbox } from '../../../src/workflow/outbox-port.ts';
import type { Delivered, SideEffect } from '../../../src/workflow/ports.ts';
import type { TestDatabase } from '../../support/database.ts';

export const card: SideEffect = { kind: 'card' };
export const replyOf = (key: string): SideEffect => ({
  kind: 'reply',
  key,
  notice: { kind: 'reply', headline: key, broadcast: false },
});
export const sent = (ts: string, channel = 'C0OPS'): Extract<Delivered, { kind: 'sent' }> => ({
  kind: 'sent',
  channel,
  ts,
});

/** What tests of the outbox do and look at. */
export function sendingOf(database: () => TestDatabase, outbox: () => Outbox) {
  /** The clock of the rate limits is the database's; a test lets it pass by moving what it is compared with. */
  const pass = (seconds: number) =>
    database().knex.raw(`update slack_lanes set free_at = free_at - interval '${seconds} seconds';
      update slack_doubles set due_at = due_at - interval '${seconds} seconds';
      update slack_outbox set next_attempt_at = next_attempt_at - interval '${seconds} seconds',
        leased_until = leased_until - interval '${seconds} seconds'`);

  const leaseOne = async (from = outbox()): Promise<Delivery> => only(await from.lease(10));
  const dueOne = async (): Promise<Double> => only(await outbox().doubles(10));

  const stored = async (key: string) => (await database().knex('slack_outbox').where({ key }))[0];

  /** Seconds for which a lane is held back; 0 for one that is not. */
  const heldFor = async (lane: string): Promise<number> => {
    const sql =
      'select extract(epoch from free_at - clock_timestamp())::float8 as seconds from slack_lanes where lane = ?';
    return (await database().knex.raw(sql, [lane])).rows[0]?.seconds ?? 0;
  };

  return { pass, leaseOne, dueOne, stored, heldFor };
}

function only<T>(found: readonly T[]): T {
  const [one, ...more] = found;
  if (one === undefined || more.length > 0) throw new Error(`one was expected, not ${found.length}`);
  return one;
}

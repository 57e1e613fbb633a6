import type { Notice } from '../../../domain/incidents/notice.ts';
import { actingKinOf, rootOf } from '../incidents/kin.ts';
import { type Binding, jsonText, type Statement } from '../sql.ts';
import { priorities } from './priority.ts';

/**
 * The key of the message that heads the thread in which a card or an incident message is: its own where it is the head, and
 * where it is not promised yet. Twice an expression over that message's key.
 */
export const threadRoot = (key: string, same: string): string =>
  `coalesce((select root_key from slack_outbox where key = ${key}), ${same})`;

/*
 * Who promises a card, or changes what a thread shows, locks the thread first: it is the row of the incident that
 * the others joined. So no two of them wait for each other, the second sees what the first did, and of two cards that are new
 * one heads the thread. In a statement of its own, before any message: what the next ones see is what this one waited for.
 *
 * The order of all of them: remediations, the lock of settling, owners, incidents that have not been triaged or are a part of another
 * by their ids, playbooks, threads by their ids, messages, the head of the audit chain. Of messages in several threads all threads are
 * locked at once, so that nobody holds one and waits for another that comes before it.
 */

/** Locks the thread of an incident until the end of the transaction. `incident` is an expression with one parameter. */
export const lockedThread = (incident: string, parameter: Binding): Statement => ({
  sql: `select from incidents where id = ${rootOf(incident)} for no key update`,
  bindings: [parameter],
});

/** The same, by the id of a message of it. */
export const lockedThreadOf = (message: string): Statement =>
  lockedThread('(select incident_id from slack_outbox where id = ?)', message);

/** The same of several, by a select of their roots: always in the same order. */
export const lockedThreads = (roots: string, bindings: readonly Binding[]): Statement => ({
  sql: `select from incidents where id in (${roots}) order by id for no key update`,
  bindings,
});

/** The same of what these incidents are parts of. */
export const lockedRootsOf = (incidents: readonly string[]): Statement =>
  lockedThreads('select joined from incidents where id = any (?)', [[...incidents]]);

/** The message that heads the thread of a root, as a table; nothing where there is none. `root` is an expression, twice. */
export const headOfThread = (root: string): string =>
  `(select o.id, o.key, o.channel, o.incident_id, o.notice, o.ts, o.sent_channel from ${actingKinOf(root)} kin
    join slack_outbox o on o.incident_id = kin.id
    where o.kind in ('card', 'incident') and o.root_key is null order by o.seq limit 1)`;

/**
 * Promises a message in the thread of an incident, by its root; the same key again changes nothing, and neither does an
 * incident that has no thread.
 *
 * @param where what must be so for it to be told, of this code and never of anybody's text
 */
export function toldInThread(
  root: string,
  { key, notice }: { readonly key: string; readonly notice: Notice },
  where: Statement = { sql: 'true', bindings: [] },
): Statement {
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, root_key, notice, priority)
    select gen_random_uuid(), ?, 'reply', head.channel, head.incident_id, head.key, ?::jsonb, ?
    from ${headOfThread('?')} head where ${where.sql} on conflict (key) do nothing`;
  return {
    sql,
    bindings: [key, jsonText(notice), priorities.reply, root, root, ...where.bindings],
  };
}

/** Brings the message up to date that heads the thread of an incident, by its root. */
export const renewedHead = (root: string): Statement => ({
  sql: `update slack_outbox set desired_revision = desired_revision + 1, status = 'open',
      next_attempt_at = least(next_attempt_at, now())
    where id in (select head.id from ${headOfThread('?')} head)`,
  bindings: [root, root],
});

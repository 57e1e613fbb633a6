import type { Knex } from 'knex';
import { z } from 'zod';
import { cardKey, type Notice } from '../../../domain/incidents/notice.ts';
import type { Remediation, State } from '../../../domain/remediation.ts';
import type { NotifiedPeople } from '../../../workflow/notify/notified-port.ts';
import { clean, jsonText, rows, type Statement, write } from '../sql.ts';
import { priorities } from './priority.ts';

/* Direct messages to those who want them: the end of what they asked for or decided on, once for each person. */

/** Ends of what was approved: of all others the click or the command has its answer. */
const told = new Set<State>(['succeeded', 'failed', 'inconclusive']);

/** Promises it with the end itself; the same end again changes nothing. The channel is the person: see the chat adapter. */
export function promisedDirect({ id, incidentId, requestedBy, state }: Remediation): readonly Statement[] {
  if (!told.has(state)) return [];
  const notice: Notice = { kind: 'direct', remediationId: id };
  const asked = requestedBy.kind === 'person' ? clean(requestedBy.actor.userId) : null;
  const sql = `insert into slack_outbox (id, key, kind, channel, incident_id, notice, priority)
    select gen_random_uuid(), 'direct:' || ?::text || ':' || user_id, 'direct', user_id, ?::uuid, ?::jsonb, ?::int
    from notified_people
    where user_id = ? or user_id in (select user_id from approvals where remediation_id = ?::uuid)
    on conflict (key) do nothing`;
  return [{ sql, bindings: [id, incidentId, jsonText(notice), priorities.chatter, asked, id] }];
}

const place = z.object({ channel: z.string(), ts: z.string() });

/** The NotifiedPeople port on PostgreSQL. */
export const createNotified = ({ knex }: { readonly knex: Knex }): NotifiedPeople => ({
  choose: async (userId, wants) => {
    const sql = wants
      ? 'insert into notified_people (user_id) values (?) on conflict (user_id) do nothing'
      : 'delete from notified_people where user_id = ?';
    await write(knex, sql, [clean(userId)]);
  },
  cardOf: async (remediationId) => {
    const sql = `select coalesce(sent_channel, channel) as channel, ts from slack_outbox where key = ? and ts is not null`;
    const [found] = await rows(knex, place, sql, [cardKey(remediationId)]);
    return found;
  },
});

import { randomUUID } from 'node:crypto';
import { priorities } from '../../../src/adapters/postgres/outbox/priority.ts';
import type { TestDatabase } from '../../support/database.ts';

interface Choice {
  readonly channel?: string;
  readonly priority?: number;
  /** Seconds from now. */
  readonly after?: number;
}

/** Messages to send that are about no remediation. */
export function messagesOf(database: () => TestDatabase) {
  /** Promises a message about an incident; answers its key. */
  const promised = async ({
    channel = 'C0OPS',
    priority = priorities.askedReply,
    after = 0,
  }: Choice = {}) => {
    const key = randomUUID();
    await database().knex.raw(
      `with incident as (
          insert into incidents (id, state, dedup_key, title, created_at)
          values (gen_random_uuid(), 'triaged', gen_random_uuid(), 'storm', now()) returning id)
        insert into slack_outbox (id, key, kind, channel, incident_id, notice, priority, next_attempt_at)
        select gen_random_uuid(), ?, 'incident', ?, id, jsonb_build_object('kind', 'incident', 'incidentId', id), ?,
          now() + ?::float8 * interval '1 second'
        from incident`,
      [key, channel, priority, after],
    );
    return key;
  };

  return { promised };
}

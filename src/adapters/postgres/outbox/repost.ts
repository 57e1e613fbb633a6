import type { Knex } from 'knex';
import { finalStates } from '../../../domain/remediation.ts';
import { write } from '../sql.ts';
import { transact } from '../transact.ts';

/**
 * For a chat that has lost every message, as the sandbox's workspace does when it ends: the cards of remediations
 * that are not over are posted anew, each once; what was said about all others is history and is not said again.
 */
export async function repostCards(knex: Knex): Promise<void> {
  await transact(knex, async (trx) => {
    await write(trx, silenceHistory, [[...finalStates], [...finalStates]]);
    await write(trx, repostOpenCards, [[...finalStates], [...finalStates], [...finalStates]]);
  });
}

const over = `(select 'card:' || id from remediations where state = any (?))`;

/** Messages that were in the lost channel, and replies below them. One that was never posted still will be. */
const silenceHistory = `update slack_outbox o set status = 'failed', last_error = 'the chat has lost its messages'
  where status = 'open' and sent_revision < desired_revision and (
    (kind = 'card' and ts is not null and key in ${over})
    or (kind = 'incident' and ts is not null)
    or exists (select from slack_outbox root where root.key = o.root_key and root.ts is not null
      and (root.kind = 'incident' or root.key in ${over})))`;

/** With what they have no room for: people decide on both. And with what heads their threads. */
const repostOpenCards = `update slack_outbox set ts = null, sent_channel = null, sent_revision = 0, uncertain = false,
    status = 'open', attempts = 0, next_attempt_at = clock_timestamp(), leased_until = null
  where ts is not null and (
    (kind = 'card' and key not in ${over})
    or (kind in ('card', 'incident') and key in (select root_key from slack_outbox where kind = 'card' and key not in ${over}))
    or (kind = 'part' and 'card:' || (notice->>'remediationId') not in ${over}))`;

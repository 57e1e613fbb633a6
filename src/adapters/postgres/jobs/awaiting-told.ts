import type { Knex } from 'knex';
import type { Notice } from '../../../domain/incidents/notice.ts';
import { after } from '../../../domain/text/time.ts';
import type { Awaiting } from '../../../workflow/intake/awaiting-port.ts';
import { awaitingText, whatStillFires } from '../../../workflow/intake/awaiting-text.ts';
import type { Context } from '../context.ts';
import { priorities } from '../outbox/priority.ts';
import { jsonText, write } from '../sql.ts';
import { findAwaiting } from './awaiting.ts';

/** Where it is said that alerts wait, and of which clusters. */
export interface Telling extends Pick<Context, 'newId' | 'channel' | 'route'> {
  readonly knex: Knex;
  /** The names of all that are at hand. */
  readonly clusters: readonly string[];
}

/** Seconds between two edits of one such message. */
const betweenEdits = 30;

/**
 * Says in the channel how many alerts wait for a cluster that does not answer: one message for each cluster and hour, brought up to
 * date until none waits any more. Every replica may do so at any time; what is said already is not said again.
 */
export async function tellAwaiting(telling: Telling, now: string): Promise<void> {
  const found = await findAwaiting(telling.knex);
  for (const cluster of telling.clusters)
    await tell(
      telling,
      cluster,
      found.find((each) => each.cluster === cluster),
      now,
    );
}

async function tell(telling: Telling, cluster: string, awaiting: Awaiting | undefined, now: string) {
  const { newId, knex } = telling;
  const channel = channelOf(telling, cluster);
  const keyAt = (at: string): string => `away:${cluster}:${channel}:${at.slice(0, 'YYYY-MM-DDTHH'.length)}`;
  const over = overOf(cluster);
  const notice = jsonText(awaiting === undefined ? over : noticeOf(awaiting, now));
  if (awaiting !== undefined) {
    const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'notice', ?, ?::jsonb, ?)
      on conflict (key) do update set ${edited} where slack_outbox.notice is distinct from excluded.notice`;
    await write(knex, sql, [newId(), keyAt(awaiting.since), channel, notice, priorities.card]);
  }
  // Of those that are there, also in the hour before: they are true until the end, and then say that it is over.
  const sql = `update slack_outbox set ${edited.replace('excluded.notice', '?::jsonb')}
    where key = any (?) and notice is distinct from ?::jsonb and notice <> ?::jsonb`;
  const keys = [keyAt(now), keyAt(after(now, -3600))];
  await write(knex, sql, [notice, keys, notice, jsonText(over)]);
}

const edited = `notice = excluded.notice, desired_revision = slack_outbox.desired_revision + 1, status = 'open',
  next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()), slack_outbox.sent_at + interval '${betweenEdits} seconds')`;

type Reply = Extract<Notice, { kind: 'reply' }>;

/** A reply, which every version can send. */
const noticeOf = (awaiting: Awaiting, now: string): Reply => ({
  ...{ kind: 'reply', broadcast: false },
  headline: awaitingText(awaiting, now),
  body: `${whatStillFires} Each waits for ten minutes at most, and nothing is changed meanwhile.`,
});

const overOf = (cluster: string): Reply => ({
  ...{ kind: 'reply', broadcast: false },
  headline: `No alert waits for the API of the cluster ${cluster} any more.`,
});

/** Where what concerns a cluster as a whole is told, however severe. */
const channelOf = ({ route, channel }: Telling, cluster: string): string =>
  route?.({ cluster }).at(-1)?.channel ?? channel;

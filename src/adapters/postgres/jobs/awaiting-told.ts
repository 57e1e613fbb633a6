import type { Knex } from 'knex';
import type { Notice } from '../../../domain/incidents/notice.ts';
import { after } from '../../../domain/text/time.ts';
import type { Awaiting } from '../../../workflow/intake/awaiting-port.ts';
import { awaitingText, whatBecomesOfThem } from '../../../workflow/intake/awaiting-text.ts';
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
  const sql = `update slack_outbox set ${edited.replace('excluded.notice', '?::jsonb')}
    where key = any (?) and notice is distinct from ?::jsonb and notice <> ?::jsonb`;
  const bring = (hours: readonly number[], told: string) =>
    write(knex, sql, [told, hours.map((each) => keyAt(after(now, -3600 * each))), told, jsonText(over)]);
  // This hour's and the one's before are true until the end. An older one is not kept up to date, and says when it is over, too.
  await bring([0, 1], notice);
  await bring(olderHours, awaiting === undefined ? notice : jsonText(toldLater(cluster)));
}

/** Hours back in which a message is looked for that says that alerts wait. */
const olderHours = Array.from({ length: 46 }, (_, hour) => hour + 2);

const edited = `notice = excluded.notice, desired_revision = slack_outbox.desired_revision + 1, status = 'open',
  next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()), slack_outbox.sent_at + interval '${betweenEdits} seconds')`;

type Reply = Extract<Notice, { kind: 'reply' }>;

/** A reply, which every version can send. */
const noticeOf = (awaiting: Awaiting, now: string): Reply => ({
  ...{ kind: 'reply', broadcast: false },
  headline: awaitingText(awaiting, now),
  body: `${whatBecomesOfThem} An alert waits for ten minutes, and what was proposed for it for ten more. Nothing is changed meanwhile.`,
});

const toldLater = (cluster: string): Reply => ({
  ...{ kind: 'reply', broadcast: false },
  headline: `A later message says how many alerts wait for the API of the cluster ${cluster}.`,
});

const overOf = (cluster: string): Reply => ({
  ...{ kind: 'reply', broadcast: false },
  headline: `No alert waits for the API of the cluster ${cluster} any more.`,
});

/** Where what concerns a cluster as a whole is told, however severe. */
const channelOf = ({ route, channel }: Telling, cluster: string): string =>
  route?.({ cluster }).at(-1)?.channel ?? channel;

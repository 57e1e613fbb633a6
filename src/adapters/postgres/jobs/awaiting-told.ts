import type { Knex } from 'knex';
import { labelOf } from '../../../domain/incidents/alert-labels.ts';
import type { Notice } from '../../../domain/incidents/notice.ts';
import { after } from '../../../domain/text/time.ts';
import type { Awaiting } from '../../../workflow/intake/awaiting-port.ts';
import { awaitingText, whatBecomesOfThem } from '../../../workflow/intake/awaiting-text.ts';
import type { Context } from '../context.ts';
import { priorities } from '../outbox/priority.ts';
import { jsonText, write } from '../sql.ts';
import { type AwaitingSomewhere, findAwaitingSomewhere } from './awaiting.ts';

/** Where it is said that alerts wait, and of which clusters. */
export interface Telling extends Pick<Context, 'newId' | 'channel' | 'route'> {
  readonly knex: Knex;
  /** The names of all that are at hand. */
  readonly clusters: readonly string[];
}

/** Seconds between two edits of one such message. */
const betweenEdits = 30;

/**
 * Says in the channels of those whose alerts wait how many of theirs do, for a cluster that does not answer: one message for each
 * channel, cluster and hour, brought up to date until none waits any more. Every replica may do so at any time; what is said
 * already is not said again.
 */
export async function tellAwaiting(telling: Telling, now: string): Promise<void> {
  const found = awaitingIn(telling, await findAwaitingSomewhere(telling.knex));
  for (const cluster of telling.clusters) {
    const here = found.filter((each) => each.cluster === cluster);
    for (const each of here) await tell(telling, each, now);
    const told = here.map(({ channel }) => channel);
    await tellOver(telling, cluster, told, now);
  }
}

type InChannel = Awaiting & { readonly cluster: string; readonly channel: string };

/** What waits, by cluster and channel. */
function awaitingIn(telling: Telling, found: readonly AwaitingSomewhere[]): readonly InChannel[] {
  const all = new Map<string, InChannel>();
  for (const each of found) {
    const { cluster, alerts, since } = each;
    const channel = channelOf(telling, each);
    const before = all.get(`${cluster} ${channel}`);
    all.set(`${cluster} ${channel}`, {
      ...{ cluster, channel, alerts: alerts + (before?.alerts ?? 0) },
      since: before === undefined || since < before.since ? since : before.since,
    });
  }
  return [...all.values()];
}

/** The channel of those whom an alert or a proposal is about, as the cards of it would go to. */
function channelOf(
  { route, channel }: Telling,
  { cluster, labels, namespace, severities }: AwaitingSomewhere,
) {
  const place =
    labels === null
      ? { cluster, namespace: namespace ?? undefined }
      : { cluster, namespace: labelOf({ labels }, 'namespace') };
  const chosen = route?.(place).find(
    ({ severity }) => severity === undefined || severities?.some((each) => severity.includes(each)) === true,
  );
  return chosen?.channel ?? channel;
}

/** What the keys of a cluster's messages begin with: another word than versions used that counted otherwise, and would edit them. */
const prefixOf = (cluster: string): string => `awaits:${cluster}:`;

const keyOf = (cluster: string, channel: string, at: string): string =>
  `${prefixOf(cluster)}${channel}:${at.slice(0, 'YYYY-MM-DDTHH'.length)}`;

async function tell({ newId, knex }: Telling, awaiting: InChannel, now: string): Promise<void> {
  const { cluster, channel, since } = awaiting;
  const notice = jsonText(noticeOf(awaiting, now));
  const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'notice', ?, ?::jsonb, ?)
    on conflict (key) do update set ${edited} where slack_outbox.notice is distinct from excluded.notice`;
  await write(knex, sql, [newId(), keyOf(cluster, channel, since), channel, notice, priorities.card]);
  const at = { cluster, channel, now };
  // This hour's and the one's before are true until the end. An older one is not kept up to date, and says when it is over, too.
  await bring(knex, { ...at, hours: [0, 1] }, notice);
  await bring(knex, { ...at, hours: olderHours }, jsonText(toldLater(cluster)));
}

/** Says of a cluster in all channels but these that none waits: also where no route leads any more since it was said that some do. */
async function tellOver(
  { knex }: Telling,
  cluster: string,
  but: readonly string[],
  now: string,
): Promise<void> {
  const prefix = prefixOf(cluster);
  const over = jsonText(overOf(cluster));
  // The first two conditions are those of an index.
  const sql = `update slack_outbox set ${brought} where key like 'awaits:%' and created_at > ? and starts_with(key, ?)
    and not exists (select from unnest(?::text[]) told (prefix) where starts_with(key, told.prefix)) and notice <> ?::jsonb`;
  const told = but.map((channel) => `${prefix}${channel}:`);
  await write(knex, sql, [over, after(now, -3600 * hoursLookedBack), prefix, told, over]);
}

/** Has a channel's messages of these hours say so, unless they are over. */
async function bring(
  knex: Knex,
  {
    cluster,
    channel,
    now,
    hours,
  }: {
    readonly cluster: string;
    readonly channel: string;
    readonly now: string;
    readonly hours: readonly number[];
  },
  told: string,
): Promise<void> {
  const sql = `update slack_outbox set ${brought}
    where key = any (?) and notice is distinct from ?::jsonb and notice <> ?::jsonb`;
  const keys = hours.map((hour) => keyOf(cluster, channel, after(now, -3600 * hour)));
  await write(knex, sql, [told, keys, told, jsonText(overOf(cluster))]);
}

/** Hours back in which a message is looked for that says that alerts wait. */
const hoursLookedBack = 48;

/** Of them, those whose messages are not kept up to date. */
const olderHours = Array.from({ length: hoursLookedBack - 2 }, (_, hour) => hour + 2);

const edited = `notice = excluded.notice, desired_revision = slack_outbox.desired_revision + 1, status = 'open',
  next_attempt_at = greatest(least(slack_outbox.next_attempt_at, now()), slack_outbox.sent_at + interval '${betweenEdits} seconds')`;

const brought = edited.replace('excluded.notice', '?::jsonb');

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

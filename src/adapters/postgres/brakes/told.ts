import { z } from 'zod';
import { finalStates } from '../../../domain/remediation.ts';
import type { stopRow } from '../audit/stops.ts';
import type { Context } from '../context.ts';
import { priorities } from '../outbox/priority.ts';
import { lockedThreads } from '../outbox/threads.ts';
import { type Db, jsonText, rows, send, write } from '../sql.ts';

type Row = z.infer<typeof stopRow>;
type Teller = Pick<Context, 'newId' | 'channel'>;

/** Remediations that have not ended: the words of the index remediations_unfinished. */
const notOver = `state not in (${finalStates.map((state) => `'${state}'`).join(', ')})`;

/** Says in every channel in which something is open, and in the own one, that Firebreak is stopped, and brings the cards up to date. */
export async function tellOfStop(teller: Teller, trx: Db, stop: Row): Promise<void> {
  const { waits, runs } = await openNow(trx);
  const what = [
    'Nothing more is sent to a cluster, on any replica. Commands and alerts are still judged, and cards still shown.',
    ...listed('Approved, and held back while the approval counts', waits),
    ...listed('Under way: broken off at the next write', runs),
    'To go on: /remediate start <reason>',
  ];
  const { by_user: by, reason } = stop;
  const headline = by === null ? '🛑 Firebreak has stopped itself.' : '🛑 Firebreak is stopped by';
  await post(teller, trx, `stop:${stop.number}`, {
    headline,
    by,
    body: [`Reason: ${reason}`, ...what].join('\n'),
  });
  await renewCards(trx);
}

/** The same of the end of a stop. */
export async function tellOfStart(teller: Teller, trx: Db, stop: Row): Promise<void> {
  const { waits } = await openNow(trx);
  const what = listed('Looked at again now, and carried out if all still holds', waits);
  const body = [`Reason: ${stop.ended_reason ?? ''}`, `It was stopped for: ${stop.reason}`, ...what].join(
    '\n',
  );
  const by = stop.ended_by_user;
  const headline = by === null ? '▶️ Firebreak goes on.' : '▶️ Firebreak goes on, started by';
  await post(teller, trx, `start:${stop.number}`, { headline, by, body });
  await renewCards(trx);
}

const numbered = z.object({ state: z.enum(['approved', 'executing']), number: z.number() });

/** Numbers of remediations that a stop holds, at most so many of each. */
const mostListed = 20;

async function openNow(
  trx: Db,
): Promise<{ readonly waits: readonly number[]; readonly runs: readonly number[] }> {
  const sql = `select state, number from remediations where ${notOver} and state in ('approved', 'executing') order by number`;
  const found = await rows(trx, numbered, sql);
  const of = (state: string) => found.filter((row) => row.state === state).map(({ number }) => number);
  return { waits: of('approved'), runs: of('executing') };
}

function listed(what: string, numbers: readonly number[]): readonly string[] {
  if (numbers.length === 0) return [];
  const more = numbers.length > mostListed ? ` and ${numbers.length - mostListed} more` : '';
  return [`${what}: remediation ${numbers.slice(0, mostListed).join(', ')}${more}.`];
}

interface Said {
  readonly headline: string;
  readonly by: string | null;
  readonly body: string;
}

/** A message of its own in each channel. As a reply, which every version can send. */
async function post({ newId, channel }: Teller, trx: Db, key: string, { by, ...said }: Said): Promise<void> {
  const text = jsonText({ kind: 'reply', ...said, ...(by === null ? {} : { by }), broadcast: false });
  const sql = `insert into slack_outbox (id, key, kind, channel, notice, priority)
    values (?, ?, 'notice', ?, ?::jsonb, ?) on conflict (key) do nothing`;
  for (const each of await channelsOf(trx, channel))
    await write(trx, sql, [newId(), `${key}:${each}`, each, text, priorities.askedCard]);
}

const place = z.object({ channel: z.string() });

/** Where cards of what has not ended are, and the own channel. */
async function channelsOf(trx: Db, own: string): Promise<readonly string[]> {
  const sql = `select distinct coalesce(o.sent_channel, o.channel) as channel from remediations r
    join slack_outbox o on o.key = 'card:' || r.id where r.${notOver}`;
  return [...new Set([own, ...(await rows(trx, place, sql)).map(({ channel }) => channel)])];
}

/**
 * The cards that say whether something is carried out, and what says it at the head of their threads, in front of what else is
 * to be brought up to date.
 */
async function renewCards(trx: Db): Promise<void> {
  const open = `r.${notOver} and r.state in ('waiting', 'approved', 'pr_open', 'executing')`;
  const roots = `select coalesce(of.joined, of.id) from remediations r join incidents of on of.id = r.incident_id where ${open}`;
  const sql = `with shown as (
      select o.key, o.root_key from remediations r join slack_outbox o on o.key = 'card:' || r.id
      where ${open})
    update slack_outbox set desired_revision = desired_revision + 1, status = 'open',
      next_attempt_at = least(next_attempt_at, now())
    where key in (select key from shown union select root_key from shown)`;
  await send(trx, lockedThreads(roots, []), { sql, bindings: [] });
}

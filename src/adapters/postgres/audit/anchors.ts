import type { Knex } from 'knex';
import { z } from 'zod';
import type { NewId } from '../../../workflow/ports.ts';
import { priorities } from '../outbox/priority.ts';
import { type Db, jsonText, rows, timestamp, write } from '../sql.ts';
import { transact } from '../transact.ts';
import { type Head, headText, type Verified } from './chain.ts';

/** "FBan": one anchor at a time. */
const anchorLock = 0x4642616e;

/** A head that was noted outside, and when. */
export interface Anchor extends Head {
  readonly at: string;
}

const head = z.object({ seq: z.coerce.number(), hash: z.string() });
const anchor = head.extend({ at: timestamp });
const begun = z.object({ at: timestamp });

export interface AnchorOptions {
  readonly knex: Knex;
  readonly newId: NewId;
  readonly channel: string;
  readonly now: string;
  /** After so many minutes, or so many lines, the head is noted again; never where nothing was appended. */
  readonly every: { readonly minutes: number; readonly lines: number };
}

/**
 * Notes the head where that is due, and promises the message that says it outside in the same transaction: the first of a
 * day in the channel, the others in its thread. Answers the anchor; undefined when none is due.
 */
export function dropAnchor(options: AnchorOptions): Promise<Anchor | undefined> {
  const { knex, now, every } = options;
  return transact(knex, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [anchorLock]);
    const [last] = await rows(
      trx,
      anchor,
      'select seq, hash, at from audit_anchors order by seq desc limit 1',
    );
    const [stands] = await rows(trx, head, 'select seq, hash from audit_head');
    const [first] = await rows(trx, begun, 'select at from remediation_events order by seq limit 1');
    const since = last ?? { seq: 0, at: first?.at ?? now };
    if (stands === undefined || !isDue(stands, since, now, every)) return undefined;
    const dropped = { ...stands, at: now };
    const { seq, hash } = stands;
    await write(trx, 'insert into audit_anchors (seq, hash, at) values (?, ?, ?)', [seq, hash, now]);
    await promiseMessage(trx, options, dropped);
    return dropped;
  });
}

function isDue(
  { seq }: Head,
  since: Pick<Anchor, 'seq' | 'at'>,
  now: string,
  every: AnchorOptions['every'],
): boolean {
  const lines = seq - since.seq;
  if (lines <= 0) return false;
  return lines >= every.lines || Date.parse(now) - Date.parse(since.at) >= every.minutes * 60_000;
}

/** As a reply, which every version can send; the first of a day has no thread to be in. */
async function promiseMessage(trx: Db, { newId, channel }: AnchorOptions, noted: Anchor): Promise<void> {
  const root = `anchor:${noted.at.slice(0, 10)}`;
  const text = jsonText({
    kind: 'reply',
    headline: `The audit trail has ${noted.seq} lines. Kept here, this shows later that none was cut off.`,
    preformatted: headText(noted),
    broadcast: false,
  });
  const sql = `insert into slack_outbox (id, key, kind, channel, root_key, notice, priority)
    values (?, ?, ?, ?, ?, ?::jsonb, ?) on conflict (key) do nothing`;
  const post = (key: string, kind: string, rootKey: string | null) =>
    write(trx, sql, [newId(), key, kind, channel, rootKey, text, priorities.chatter]);
  if ((await post(root, 'anchor', null)) === 0) await post(`anchor:${noted.seq}`, 'reply', root);
}

/** Anchors after a line, the oldest first. */
export function anchorsAfter(db: Db, seq: number, limit: number): Promise<readonly Anchor[]> {
  return rows(db, anchor, 'select seq, hash, at from audit_anchors where seq > ? order by seq limit ?', [
    seq,
    limit,
  ]);
}

/** The hashes of those of these lines that the database has. */
export async function hashesAt(db: Db, seqs: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const sql = 'select seq, hash from remediation_events where seq = any (?)';
  return new Map((await rows(db, head, sql, [[...seqs]])).map(({ seq, hash }) => [seq, hash]));
}

/**
 * What a chain that is intact by itself is not, by heads noted outside: a tail was cut off, or lines were written anew.
 * Heads of lines that were pruned show nothing any more; one at least must be newer.
 */
export function anchorFault(
  { head: last, from }: Extract<Verified, { kind: 'intact' }>,
  anchors: readonly Head[],
  hashes: ReadonlyMap<number, string>,
): Verified | undefined {
  const start = from?.seq ?? 0;
  const usable = anchors.filter(({ seq }) => seq > start);
  const wrong = usable.find(({ seq, hash }) => seq <= last.seq && hashes.get(seq) !== hash);
  const broken = (seq: number, sentence: string): Verified => ({ kind: 'broken', seq, sentence });
  if (wrong !== undefined) return broken(wrong.seq, `line ${wrong.seq} is not the one that an anchor names`);
  const cut = usable.find(({ seq }) => seq > last.seq);
  if (cut !== undefined) return broken(last.seq + 1, `the tail was cut off: an anchor names line ${cut.seq}`);
  if (usable.length > 0) return undefined;
  return broken(start + 1, `no anchor names a line after ${start}: nothing shows that no line was cut off`);
}

import type { Knex } from 'knex';
import { z } from 'zod';
import type { Sha256 } from '../../../workflow/ports.ts';
import { digestOfData } from '../remediations/remediations.ts';
import { type Db, jsonText, rows, type Statement, send } from '../sql.ts';
import { anchorFault, hashesAt } from './anchors.ts';
import {
  type ChainedEntry,
  type Entry,
  type Head,
  prunedFault,
  tailFault,
  unlinked,
  type Verified,
} from './chain.ts';
import { chainStart } from './checkpoint.ts';
import { chainedEntry, chainText } from './line.ts';
import { type Patience, patiently } from './patience.ts';
import { proposalFault } from './proposals.ts';
import { recordFault } from './records.ts';
import { stopFault } from './stops.ts';
import { verifyTexts } from './texts.ts';

/** What is found wrong may be the last that a statement looks at, in a chain of years. Milliseconds. */
const longest = 3_600_000;

const head = z.object({ seq: z.coerce.number(), hash: z.string() });

/**
 * Appends to the chain. Every writer waits here for the one before it, so this comes last in a transaction; all
 * writers take this lock after every other, so none waits in a circle.
 */
export async function appendEvents(trx: Db, entries: readonly Entry[]): Promise<void> {
  if (entries.length > 0) await send(trx, appending(entries));
}

/** The same as a statement. */
export const appending = (entries: readonly Entry[]): Statement => ({
  sql: 'select append_events(?::jsonb)',
  bindings: [jsonText(unlinked(entries))],
});

/** Lines after `seq`, at most `limit`, in order. */
export async function readChain(db: Db, after: number, limit: number): Promise<readonly ChainedEntry[]> {
  const sql = `select seq, kind, remediation_id as remediation, version, event, from_state as "from", to_state as "to", actor,
      data_digest as "dataDigest", at, prev_hash as prev, hash
    from remediation_events where seq > ? order by seq limit ?`;
  return rows(db, chainedEntry, sql, [after, limit]);
}

/**
 * Checks the whole chain of a database against its head row, against `expected` (a head noted elsewhere, if there
 * is one), and what its lines vouch for: the rows of `remediations`, the votes and the policies. It begins where the
 * newest checkpoint says that older lines were pruned. `anchors`: all heads that were noted elsewhere.
 */
export async function verifyAudit(
  knex: Knex,
  sha256: Sha256,
  expected?: Head,
  anchors?: readonly Head[],
): Promise<Verified> {
  return verifyPatiently(knex, { sha256, expected, anchors, each: longest });
}

interface Check extends Patience {
  readonly sha256: Sha256;
  readonly expected?: Head | undefined;
  readonly anchors?: readonly Head[] | undefined;
}

/** The same for who cannot wait as long, or may be told to end. It throws then. */
export async function verifyPatiently(knex: Knex, check: Check): Promise<Verified> {
  const { sha256, expected, anchors } = check;
  const verifyAll = async (trx: Db): Promise<Verified> => {
    const start = await chainStart(trx);
    if (start.kind === 'invalid') return noCheckpoint(start.seq);
    const walked = await walk(trx, sha256, expected, start.head);
    if (walked.kind === 'broken') return walked;
    return (
      (await startFault(trx, start.head, expected)) ??
      (await headFault(trx, walked.head, expected)) ??
      (await rowFault(trx, sha256, start.head.seq)) ??
      (await goneFault(trx, start.head.seq)) ??
      (await backFault(trx, start.head.seq)) ??
      (await recordFault(trx, sha256, start.head.seq)) ??
      (await stopFault(trx, sha256, start.head.seq)) ??
      (await proposalFault(trx, sha256, start.head.seq)) ??
      (await heldAgainst(trx, start.head.seq === 0 ? walked : { ...walked, from: start.head }, anchors))
    );
  };
  return knex.transaction((trx) => patiently(trx, check, verifyAll), {
    isolationLevel: 'repeatable read',
    readOnly: true,
  });
}

type Intact = Extract<Verified, { kind: 'intact' }>;

async function heldAgainst(db: Db, intact: Intact, anchors: readonly Head[] | undefined): Promise<Verified> {
  if (anchors === undefined) return intact;
  const hashes = await hashesAt(
    db,
    anchors.map(({ seq }) => seq),
  );
  return anchorFault(intact, anchors, hashes) ?? intact;
}

const noCheckpoint = (seq: number): Verified => ({
  kind: 'broken',
  seq,
  sentence: `line ${seq} is called a checkpoint and names no lines before it`,
});

/**
 * Rows, and lines, that are read at a time. A row has all that was seen of its target, which is tens of kilobytes and several times
 * that as objects: thousands of them at once are more than a replica may hold.
 */
const page = 200;
const pageOfLines = 20_000;

/** The next lines are on their way while these are hashed. */
async function walk(db: Db, sha256: Sha256, expected: Head | undefined, start: Head): Promise<Verified> {
  const [newest] = await rows(db, newestLine, 'select max(seq) as seq from remediation_events');
  const end = newest?.seq ?? 0;
  let last = start;
  let coming = chainText(db, last.seq, last.seq + pageOfLines);
  for (let to = last.seq + pageOfLines; ; to += pageOfLines) {
    const texts = await coming;
    if (to < end) coming = chainText(db, to, to + pageOfLines);
    const verified = verifyTexts(texts, { expected, sha256, start: last });
    if (verified.kind !== 'intact' || to >= end) await coming;
    if (verified.kind === 'unread')
      throw new Error(`after line ${verified.head.seq} is something that is no line of the chain`);
    if (verified.kind === 'broken' || to >= end) return verified;
    last = verified.head;
  }
}

const newestLine = z.object({ seq: z.coerce.number() });

const hash = z.object({ hash: z.string() });

/** The line before the first must be the one that the checkpoint names, where it is still there. */
async function startFault(db: Db, start: Head, expected: Head | undefined): Promise<Verified | undefined> {
  const [left] = await rows(db, hash, 'select hash from remediation_events where seq = ?', [start.seq]);
  if (left !== undefined && left.hash !== start.hash) {
    const sentence = `line ${start.seq} is not the one that the checkpoint names`;
    return { kind: 'broken', seq: start.seq, sentence };
  }
  return prunedFault(start, expected);
}

async function headFault(db: Db, last: Head, expected: Head | undefined): Promise<Verified | undefined> {
  const [stored] = await rows(db, head, 'select seq, hash from audit_head');
  const cut = tailFault(last, expected);
  if (cut !== undefined) return cut;
  const broken = (sentence: string): Verified => ({ kind: 'broken', seq: last.seq + 1, sentence });
  if (stored === undefined) return broken('the head row is gone');
  if (stored.seq > last.seq) return broken(`the tail was cut off: the head names line ${stored.seq}`);
  if (stored.seq !== last.seq || stored.hash !== last.hash)
    return broken('the head row does not name the last line');
  return undefined;
}

const stand = z.object({
  id: z.string(),
  data: z.unknown(),
  state: z.string(),
  seq: z.coerce.number().nullable(),
  to: z.string().nullable(),
  digest: z.string().nullable(),
});

/** A row whose state or data its last line does not vouch for was changed past the program. */
async function rowFault(db: Db, sha256: Sha256, start: number): Promise<Verified | undefined> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    // By the last line, not by the version in the row: with an earlier one it would be vouched for by an earlier line.
    const sql = `select r.id, r.data, r.state, e.seq, case e.version when r.version then e.to_state end as "to", e.data_digest as digest
      from remediations r
      left join lateral (select seq, version, to_state, data_digest from remediation_events
        where remediation_id = r.id and kind = 'move' and seq > ? order by version desc limit 1) e on true
      where r.id > ? order by r.id limit ?`;
    const found = await rows(db, stand, sql, [start, after, page]);
    const wrong = found.find((row) => row.to !== row.state || row.digest !== digestOfData(row.data, sha256));
    if (wrong !== undefined) {
      const sentence = `remediation ${wrong.id} is not as its last line in the chain says: the row was changed past the program`;
      return { kind: 'broken', seq: wrong.seq ?? 0, sentence };
    }
    if (found.length < page) return undefined;
    after = found.at(-1)?.id ?? after;
  }
}

const gone = z.object({ seq: z.coerce.number(), remediation: z.string() });

/** A remediation that has lines and no row was deleted past the program, unless a line says that it was pruned. */
async function goneFault(db: Db, start: number): Promise<Verified | undefined> {
  const sql = `select e.seq, e.remediation_id as remediation from remediation_events e
    where e.seq > ? and e.remediation_id is not null
      and not exists (select from remediations r where r.id = e.remediation_id)
      and not exists (select from remediation_events p where p.kind = 'pruned' and p.remediation_id = e.remediation_id)
    order by e.seq limit 1`;
  const [line] = await rows(db, gone, sql, [start]);
  if (line === undefined) return undefined;
  const sentence = `remediation ${line.remediation} has lines and no row: it was deleted past the program`;
  return { kind: 'broken', seq: line.seq, sentence };
}

/** What was pruned is gone: with a line that only says so, nothing would vouch for its votes any more. */
async function backFault(db: Db, start: number): Promise<Verified | undefined> {
  const sql = `select p.seq, p.remediation_id as remediation from remediation_events p
    join remediations r on r.id = p.remediation_id where p.kind = 'pruned' and p.seq > ? order by p.seq limit 1`;
  const [line] = await rows(db, gone, sql, [start]);
  if (line === undefined) return undefined;
  const sentence = `remediation ${line.remediation} is there, and line ${line.seq} says that it was pruned`;
  return { kind: 'broken', seq: line.seq, sentence };
}

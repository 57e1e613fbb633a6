import type { Knex } from 'knex';
import { z } from 'zod';
import { canonicalJson } from '../../../domain/text/json.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import { digestOfData } from '../remediations/remediations.ts';
import { clean, type Db, jsonText, rows, timestamp, write } from '../sql.ts';

/** One move of one remediation, as the chain records it. */
export interface Entry {
  readonly remediation: string;
  readonly version: number;
  readonly event: string;
  readonly from: string | null;
  readonly to: string;
  /** SHA-256 over the canonical JSON of the row's data after the move. */
  readonly dataDigest: string;
  readonly at: string;
}

/** A line of the chain. `prev` is the hash of the line before; the first has 64 zeros. */
export interface ChainedEntry extends Entry {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** The last line's place and hash. Kept outside the database too, it shows that nothing was cut off. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

const head = z.object({ seq: z.coerce.number(), hash: z.string() });
const genesis: Head = { seq: 0, hash: '0'.repeat(64) };

/** The hash of a line: SHA-256 over the canonical JSON of all its fields but the hash itself. */
function hashOf(entry: Omit<ChainedEntry, 'hash'>, sha256: Sha256): string {
  const { seq, prev, remediation, version, event, from, to, dataDigest, at } = entry;
  return sha256(canonicalJson({ seq, prev, remediation, version, event, from, to, dataDigest, at }));
}

/** Links entries to a chain that ends in `from`. */
export function chain(entries: readonly Entry[], from: Head, sha256: Sha256): readonly ChainedEntry[] {
  let last = from;
  return entries.map((entry) => {
    const open = {
      ...entry,
      event: clean(entry.event),
      at: new Date(entry.at).toISOString(),
      seq: last.seq + 1,
      prev: last.hash,
    };
    last = { seq: open.seq, hash: hashOf(open, sha256) };
    return { ...open, hash: last.hash };
  });
}

/**
 * Appends to the chain. Every writer waits here for the one before it, so this comes last in a transaction; all
 * writers take this lock after every other, so none waits in a circle.
 */
export async function appendEvents(trx: Db, entries: readonly Entry[], sha256: Sha256): Promise<void> {
  if (entries.length === 0) return;
  const [found] = await rows(trx, head, 'select seq, hash from audit_head for update');
  if (found === undefined)
    throw new Error('audit_head has no row: the audit trail of this database was tampered with');
  const linked = chain(entries, found, sha256);
  const last = linked.at(-1) ?? found;
  const sql = `with moved as (update audit_head set seq = ?, hash = ?)
    insert into remediation_events (seq, remediation_id, version, event, from_state, to_state, data_digest, at, prev_hash, hash)
    select seq, remediation, version, event, "from", "to", "dataDigest", at, prev, hash
    from jsonb_to_recordset(?::jsonb) as x (seq bigint, remediation uuid, version integer, event text, "from" text, "to" text,
      "dataDigest" text, at timestamptz, prev text, hash text)`;
  await write(trx, sql, [last.seq, last.hash, jsonText(linked)]);
}

/** What a check of the chain found. `seq` is the first line that is wrong. */
export type Verified =
  | { readonly kind: 'intact'; readonly head: Head }
  | { readonly kind: 'broken'; readonly seq: number; readonly sentence: string };

/**
 * Checks lines in the order of the chain: an edited field, a missing, added or exchanged line, and a tail cut off
 * before `expected` are found. Needs no database, so an export can be checked anywhere.
 */
export function verifyChain(
  lines: Iterable<ChainedEntry>,
  expected: Head | undefined,
  sha256: Sha256,
  start = genesis,
): Verified {
  let last = start;
  for (const line of lines) {
    const fault = faultOf(line, last, expected, sha256);
    if (fault !== undefined) return { kind: 'broken', seq: last.seq + 1, sentence: fault };
    last = { seq: line.seq, hash: line.hash };
  }
  return { kind: 'intact', head: last };
}

function faultOf(
  line: ChainedEntry,
  last: Head,
  expected: Head | undefined,
  sha256: Sha256,
): string | undefined {
  if (line.seq !== last.seq + 1)
    return `line ${last.seq + 1} is missing: line ${line.seq} follows line ${last.seq}`;
  if (line.prev !== last.hash) return `line ${line.seq} does not name the hash of line ${last.seq}`;
  if (line.hash !== hashOf(line, sha256))
    return `line ${line.seq} was changed: its hash does not fit its fields`;
  if (expected?.seq === line.seq && expected.hash !== line.hash)
    return `line ${line.seq} is not the one that the head names`;
  return undefined;
}

const eventRow = z
  .object({
    seq: z.coerce.number(),
    remediation: z.string(),
    version: z.number(),
    event: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    dataDigest: z.string(),
    at: timestamp,
    prev: z.string(),
    hash: z.string(),
  })
  .readonly();

/** Lines after `seq`, at most `limit`, in order. */
export async function readChain(db: Db, after: number, limit: number): Promise<readonly ChainedEntry[]> {
  const sql = `select seq, remediation_id as remediation, version, event, from_state as "from", to_state as "to",
      data_digest as "dataDigest", at, prev_hash as prev, hash
    from remediation_events where seq > ? order by seq limit ?`;
  return rows(db, eventRow, sql, [after, limit]);
}

/**
 * Checks the whole chain of a database against its head row, against `expected` (a head noted elsewhere, if there
 * is one), and the rows of `remediations` against their last line.
 */
export async function verifyAudit(knex: Knex, sha256: Sha256, expected?: Head): Promise<Verified> {
  return knex.transaction(
    async (trx) => {
      const walked = await walk(trx, sha256, expected);
      if (walked.kind === 'broken') return walked;
      const [stored] = await rows(trx, head, 'select seq, hash from audit_head');
      return tailFault(walked.head, stored, expected) ?? (await rowFault(trx, sha256)) ?? walked;
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

const page = 5_000;

async function walk(db: Db, sha256: Sha256, expected: Head | undefined): Promise<Verified> {
  let last = genesis;
  for (;;) {
    const lines = await readChain(db, last.seq, page);
    const verified = verifyChain(lines, expected, sha256, last);
    if (verified.kind === 'broken' || lines.length < page) return verified;
    last = verified.head;
  }
}

function tailFault(last: Head, stored: Head | undefined, expected: Head | undefined): Verified | undefined {
  const broken = (sentence: string): Verified => ({ kind: 'broken', seq: last.seq + 1, sentence });
  if (expected !== undefined && expected.seq > last.seq)
    return broken(`the tail was cut off: line ${expected.seq} was there once`);
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
async function rowFault(db: Db, sha256: Sha256): Promise<Verified | undefined> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const sql = `select r.id, r.data, r.state, e.seq, e.to_state as "to", e.data_digest as digest
      from remediations r left join remediation_events e on e.remediation_id = r.id and e.version = r.version
      where r.id > ? order by r.id limit ?`;
    const found = await rows(db, stand, sql, [after, page]);
    const wrong = found.find((row) => row.to !== row.state || row.digest !== digestOfData(row.data, sha256));
    if (wrong !== undefined) {
      const sentence = `remediation ${wrong.id} is not as its last line in the chain says: the row was changed past the program`;
      return { kind: 'broken', seq: wrong.seq ?? 0, sentence };
    }
    if (found.length < page) return undefined;
    after = found.at(-1)?.id ?? after;
  }
}

import type { Sha256 } from '../../../workflow/ports.ts';
import { clean } from '../sql.ts';

/**
 * What a line of the chain vouches for:
 * - `move`: a remediation's row after one move; `from` and `to` are states.
 * - `vote`: one person's decision, as it stands in `approvals`.
 * - `policy`: a policy that came into force, as it stands in `policy_changes`; `from` and `to` are digests of policies.
 * - `baseline`: the votes and policies that were there before they had lines of their own; without a digest when all have
 *   got theirs.
 * - `pruned`: a remediation that was over for long and is deleted, with its votes, as it was then.
 * - `checkpoint`: the lines after the head `from` up to the head `to` were old and are deleted.
 * - `stop`: all writes were stopped, or went on again, as it stands in `stops`; `version` is its number there.
 * - `proposal`: one person's vote on a change of the policy, as it stands in `policy_proposals`; `version` is its number there, and
 *   `from` and `to` are its states.
 */
export const lineKinds = [
  'move',
  'vote',
  'policy',
  'baseline',
  'pruned',
  'checkpoint',
  'stop',
  'proposal',
] as const;
type LineKind = (typeof lineKinds)[number];

/** One thing that happened, as the chain records it. */
export interface Entry {
  readonly kind: LineKind;
  readonly remediation: string | null;
  readonly version: number | null;
  readonly event: string;
  readonly from: string | null;
  readonly to: string;
  /** The Slack user id of who voted. */
  readonly actor: string | null;
  /** SHA-256 of the data that the line vouches for. */
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

export const genesis: Head = { seq: 0, hash: '0'.repeat(64) };

/** A head as people keep it: `12:3f9a...`, the number of the line and its hash of 64 hex digits. */
export const headText = ({ seq, hash }: Head): string => `${seq}:${hash}`;

/** The head that such a text names; undefined when it is none. */
export function readHead(text: string): Head | undefined {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

/** What is hashed of a line, around the hash of the line before and its own number. */
interface Hashed {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/**
 * The canonical JSON of all of a line's fields but its hash. A move has neither kind nor actor in it: that is how its lines
 * were hashed when there were no others.
 */
function hashed({ remediation, version, event, from, to, dataDigest, at, kind, actor }: Entry): Hashed {
  // The keys as canonicalJson sorts them, written out: a chain has millions of lines.
  const middle = `"at":${text(at)},"dataDigest":${text(dataDigest)},"event":${text(event)},"from":${text(from)}`;
  const isOld = kind === 'move' && actor === null;
  return {
    before: isOld ? `{${middle},"prev":` : `{"actor":${text(actor)},${middle},"kind":${text(kind)},"prev":`,
    between: `,"remediation":${text(remediation)},"seq":`,
    after: `,"to":${text(to)},"version":${version}}`,
  };
}

/** The hash of a line: SHA-256 over what is hashed of it. */
function hashOf(line: Omit<ChainedEntry, 'hash'>, sha256: Sha256): string {
  const { before, between, after } = hashed(line);
  return sha256(`${before}${text(line.prev)}${between}${line.seq}${after}`);
}

/** What JSON writes otherwise than it is; asking first takes half the time. */
const special = /["\\\p{Cc}\p{Cs}]/u;

const text = (value: string | null): string =>
  value === null || special.test(value) ? JSON.stringify(value) : `"${value}"`;

/** An entry as the chain keeps it: with text that the database can hold, and its instant in one form. */
const kept = (entry: Entry): Entry => ({
  ...entry,
  event: clean(entry.event),
  at: new Date(entry.at).toISOString(),
});

/** Entries for the database's own function to link to its chain (migration 0036). */
export const unlinked = (entries: readonly Entry[]): readonly (Entry & Hashed)[] =>
  entries.map(kept).map((entry) => ({ ...entry, ...hashed(entry) }));

/** Links entries to a chain that ends in `from`. */
export function chain(entries: readonly Entry[], from: Head, sha256: Sha256): readonly ChainedEntry[] {
  let last = from;
  return entries.map((entry) => {
    const open = { ...kept(entry), seq: last.seq + 1, prev: last.hash };
    last = { seq: open.seq, hash: hashOf(open, sha256) };
    return { ...open, hash: last.hash };
  });
}

/**
 * What a check of the chain found. `seq` is the first line that is wrong; `from` is the last line that was pruned, where a
 * checkpoint vouches for it.
 */
export type Verified =
  | { readonly kind: 'intact'; readonly head: Head; readonly from?: Head }
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
  if (line.seq <= last.seq)
    return `line ${line.seq} stands there twice or too late: it follows line ${last.seq}`;
  if (line.seq !== last.seq + 1)
    return `line ${last.seq + 1} is missing: line ${line.seq} follows line ${last.seq}`;
  if (line.prev !== last.hash) return `line ${line.seq} does not name the hash of line ${last.seq}`;
  if (line.hash !== hashOf(line, sha256))
    return `line ${line.seq} was changed: its hash does not fit its fields`;
  if (expected?.seq === line.seq && expected.hash !== line.hash)
    return `line ${line.seq} is not the one that the head names`;
  return undefined;
}

/** The tail of a chain against a head: one noted elsewhere, or the database's own; undefined when it is whole. */
export function tailFault(last: Head, expected: Head | undefined): Verified | undefined {
  if (expected === undefined || expected.seq <= last.seq) return undefined;
  const sentence = `the tail was cut off: line ${expected.seq} was there once`;
  return { kind: 'broken', seq: last.seq + 1, sentence };
}

/** A head of a line that was pruned shows nothing any more, and must not seem to: only its export can be held against it. */
export function prunedFault(start: Head, expected: Head | undefined): Verified | undefined {
  if (expected === undefined || expected.seq > start.seq) return undefined;
  if (expected.seq === start.seq && expected.hash === start.hash) return undefined;
  const sentence =
    expected.seq === start.seq
      ? `line ${start.seq} is not the one that the head names`
      : `line ${expected.seq}, which the head names, was pruned: check it against an export, and this with a later head`;
  return { kind: 'broken', seq: expected.seq, sentence };
}

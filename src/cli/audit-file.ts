import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { anchorFault } from '../adapters/postgres/audit/anchors.ts';
import { chainedEntry } from '../adapters/postgres/audit/audit.ts';
import {
  type ChainedEntry,
  genesis,
  type Head,
  prunedFault,
  tailFault,
  type Verified,
  verifyChain,
} from '../adapters/postgres/audit/chain.ts';
import { prunedBy } from '../adapters/postgres/audit/checkpoint.ts';
import type { Sha256 } from '../workflow/ports.ts';

/**
 * Checks an export of the chain. One that does not begin with line 1 needs a checkpoint among its lines that names the line
 * before its first; what checkpoints say of lines that are in the file must be so.
 */
export async function verifyFile(
  file: string,
  expected: Head | undefined,
  sha256: Sha256,
  anchors?: readonly Head[],
): Promise<Verified> {
  const anchored = new Set(anchors?.map(({ seq }) => seq));
  const hashes = new Map<number, string>();
  const checkpoints = await checkpointsIn(file);
  let start: Head | undefined;
  let last = genesis;
  for await (const text of linesOf(file)) {
    const line = read(text);
    if (line === undefined) return noLine(file, last);
    start ??= startOf(line, checkpoints);
    if (last === genesis) last = start;
    const verified = verifyChain([line], expected, sha256, last);
    if (verified.kind === 'broken') return verified;
    const named = checkpoints.get(line.seq);
    if (named !== undefined && named !== line.hash) {
      const sentence = `line ${line.seq} is not the one that a checkpoint names`;
      return { kind: 'broken', seq: line.seq, sentence };
    }
    last = verified.head;
    if (anchored.has(line.seq)) hashes.set(line.seq, line.hash);
  }
  return concluded({ start: start ?? genesis, last }, expected, anchors, hashes);
}

/** What the whole of an unbroken file comes to, by heads noted elsewhere. */
function concluded(
  { start, last }: { readonly start: Head; readonly last: Head },
  expected: Head | undefined,
  anchors: readonly Head[] | undefined,
  hashes: ReadonlyMap<number, string>,
): Verified {
  const intact = { kind: 'intact', head: last, ...(start.seq === 0 ? {} : { from: start }) } as const;
  const fault = prunedFault(start, expected) ?? tailFault(last, expected);
  return fault ?? (anchors && anchorFault(intact, anchors, hashes)) ?? intact;
}

function noLine(file: string, last: Head): Verified {
  const sentence = `${file} has something after line ${last.seq} that is no line of the chain`;
  return { kind: 'broken', seq: last.seq + 1, sentence };
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}

/** The last lines that checkpoints say were pruned: their hashes by their numbers. */
async function checkpointsIn(file: string): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for await (const text of linesOf(file)) {
    if (!text.includes('checkpoint')) continue;
    const line = read(text);
    const pruned = line?.kind === 'checkpoint' ? prunedBy(line) : undefined;
    if (pruned !== undefined) found.set(pruned.to.seq, pruned.to.hash);
  }
  return found;
}

/** Where no checkpoint vouches for it, the chain should begin with line 1, and is found to be broken there. */
function startOf(first: ChainedEntry, checkpoints: ReadonlyMap<number, string>): Head {
  const before = { seq: first.seq - 1, hash: first.prev };
  return checkpoints.get(before.seq) === before.hash ? before : genesis;
}

function read(text: string): ChainedEntry | undefined {
  try {
    return chainedEntry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

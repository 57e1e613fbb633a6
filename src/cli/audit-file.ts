import { createReadStream } from 'node:fs';
import { anchorFault } from '../adapters/postgres/audit/anchors.ts';
import {
  genesis,
  type Head,
  prunedFault,
  tailFault,
  type Verified,
} from '../adapters/postgres/audit/chain.ts';
import { prunedBy } from '../adapters/postgres/audit/checkpoint.ts';
import { readLine } from '../adapters/postgres/audit/line.ts';
import { verifyTexts } from '../adapters/postgres/audit/texts.ts';
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
  const checkpoints = await checkpointsIn(file);
  const noted = new Set([...checkpoints.keys(), ...(anchors ?? []).map(({ seq }) => seq)]);
  const hashes = new Map<number, string>();
  const note = ({ seq, hash }: Head) => noted.has(seq) && hashes.set(seq, hash);
  const onLine = noted.size === 0 ? undefined : note;
  let start: Head | undefined;
  let last = genesis;
  for await (const texts of textsOf(file)) {
    if (start === undefined && texts[0] !== undefined) last = start = startOf(texts[0], checkpoints);
    const verified = verifyTexts(texts, { expected, sha256, start: last, onLine });
    if (verified.kind === 'unread') return noLine(file, verified.head);
    if (verified.kind === 'broken') return verified;
    last = verified.head;
  }
  // What printed it failed, or somebody emptied it: a chain begins with the policy that was read at the first start.
  if (start === undefined) return { kind: 'broken', seq: 1, sentence: `${file} has no line` };
  return checkpointFault(checkpoints, hashes) ?? concluded({ start, last }, expected, anchors, hashes);
}

function checkpointFault(
  checkpoints: ReadonlyMap<number, string>,
  hashes: ReadonlyMap<number, string>,
): Verified | undefined {
  const wrong = [...checkpoints].find(([seq, hash]) => hashes.has(seq) && hashes.get(seq) !== hash);
  if (wrong === undefined) return undefined;
  const [seq] = wrong;
  return { kind: 'broken', seq, sentence: `line ${seq} is not the one that a checkpoint names` };
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

/** Bytes read at a time. */
const chunkSize = 1 << 20;

/** The lines of a text file, thousands at a time: one at a time takes longer than hashing it. */
async function* textsOf(file: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: chunkSize })) {
    const texts = `${rest}${chunk}`.split('\n');
    rest = texts.pop() ?? '';
    yield texts;
  }
  if (rest !== '') yield [rest];
}

/** The last lines that checkpoints say were pruned: their hashes by their numbers. */
async function checkpointsIn(file: string): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for await (const texts of textsOf(file)) {
    for (const text of texts.filter((each) => each.includes('checkpoint'))) {
      const line = readLine(text);
      const pruned = line?.kind === 'checkpoint' ? prunedBy(line) : undefined;
      if (pruned !== undefined) found.set(pruned.to.seq, pruned.to.hash);
    }
  }
  return found;
}

/** Where no checkpoint vouches for it, the chain should begin with line 1, and is found to be broken there. */
function startOf(text: string, checkpoints: ReadonlyMap<number, string>): Head {
  const first = readLine(text);
  if (first === undefined) return genesis;
  const before = { seq: first.seq - 1, hash: first.prev };
  return checkpoints.get(before.seq) === before.hash ? before : genesis;
}

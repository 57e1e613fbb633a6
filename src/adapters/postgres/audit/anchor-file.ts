import { type FileHandle, open } from 'node:fs/promises';
import type { Knex } from 'knex';
import { z } from 'zod';
import { rows } from '../sql.ts';
import { anchorsAfter, hashesAt } from './anchors.ts';
import { type Head, headText, readHead } from './chain.ts';

/** More than the longest line has. Bytes. */
const tailLength = 512;

/** Anchors written at a time. */
const page = 1_000;

/** The head of one line of an anchor file, such as `2026-11-26T06:00:00.000Z 12:3f9a...`; undefined when it has none. */
const anchorIn = (line: string): Head | undefined => readHead(line.split(' ').at(-1) ?? '');

/** The anchors of a file; a line that has none is told by its number. */
export function readAnchors(text: string): readonly Head[] | { readonly wrongLine: number } {
  const lines = text.split('\n').filter((line, at, all) => line !== '' || at < all.length - 1);
  const found = lines.map((line) => anchorIn(line.trimEnd()));
  const wrong = found.indexOf(undefined);
  return wrong === -1 ? found.filter((each) => each !== undefined) : { wrongLine: wrong + 1 };
}

/**
 * Appends the anchors that the file does not have yet, and answers when they are on the disk. What a kill in the middle
 * left of a line is taken away first. `contradicted`: the chain is no longer what the file's last anchor says; then nothing
 * is appended.
 */
export async function writeAnchors(knex: Knex, file: string): Promise<'written' | 'contradicted'> {
  const handle = await open(file, 'a+');
  try {
    const last = await lastAnchor(handle);
    if (last !== undefined && !(await stillHolds(knex, last))) return 'contradicted';
    const anchors = await anchorsAfter(knex, last?.seq ?? 0, page);
    if (anchors.length === 0) return 'written';
    await handle.appendFile(anchors.map((each) => `${each.at} ${headText(each)}\n`).join(''));
    await handle.sync();
    return 'written';
  } finally {
    await handle.close();
  }
}

async function lastAnchor(handle: FileHandle): Promise<Head | undefined> {
  const { size } = await handle.stat();
  const at = Math.max(0, size - tailLength);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - at), 0, size - at, at);
  const text = buffer.toString('latin1', 0, bytesRead);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await handle.truncate(at + whole.length);
  const line = whole.trimEnd().split('\n').at(-1);
  return line === undefined || line === '' ? undefined : anchorIn(line);
}

const standing = z.object({ seq: z.coerce.number() });

/** Of a line that was pruned only the head's number can be asked. */
async function stillHolds(knex: Knex, last: Head): Promise<boolean> {
  const [head] = await rows(knex, standing, 'select seq from audit_head');
  const hash = (await hashesAt(knex, [last.seq])).get(last.seq);
  return (head?.seq ?? 0) >= last.seq && (hash === undefined || hash === last.hash);
}

import { z } from 'zod';
import type { Sha256 } from '../../../workflow/ports.ts';
import { type Db, rows } from '../sql.ts';
import { type ChainedEntry, type Entry, genesis, type Head, headText, readHead } from './chain.ts';

/** What a checkpoint says: the lines after `from`, up to and with `to`, were pruned. */
export interface Pruned {
  readonly from: Head;
  readonly to: Head;
}

/** The line that says so. It is appended before the first of those lines is deleted. */
export function checkpointEntry({ from, to }: Pruned, at: string, sha256: Sha256): Entry {
  const said = { from: headText(from), to: headText(to) };
  const dataDigest = sha256(`${said.from} ${said.to}`);
  const nobody = { remediation: null, version: null, actor: null };
  return { kind: 'checkpoint', event: 'checkpoint', ...nobody, ...said, dataDigest, at };
}

/** What a line says as a checkpoint; undefined where it cannot be one: it can only speak of lines before it. */
export function prunedBy(line: Pick<ChainedEntry, 'seq' | 'from' | 'to'>): Pruned | undefined {
  const from = line.from === null ? undefined : readHead(line.from);
  const to = readHead(line.to);
  if (from === undefined || to === undefined) return undefined;
  return from.seq < to.seq && to.seq < line.seq ? { from, to } : undefined;
}

const row = z.object({ seq: z.coerce.number(), from: z.string().nullable(), to: z.string() });

/** Where a stored chain begins, and with which checkpoint; a checkpoint that says nothing is `invalid`. */
export type Start =
  | { readonly kind: 'start'; readonly head: Head }
  | { readonly kind: 'invalid'; readonly seq: number };

/** After the lines that the newest checkpoint says were pruned, whether all of them are gone yet or not. */
export async function chainStart(db: Db): Promise<Start> {
  const sql = `select seq, from_state as "from", to_state as "to" from remediation_events
    where kind = 'checkpoint' order by seq desc limit 1`;
  const [line] = await rows(db, row, sql);
  if (line === undefined) return { kind: 'start', head: genesis };
  const pruned = prunedBy(line);
  return pruned === undefined ? { kind: 'invalid', seq: line.seq } : { kind: 'start', head: pruned.to };
}

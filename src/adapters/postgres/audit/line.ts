import { z } from 'zod';
import { type Db, rows, timestamp } from '../sql.ts';
import { type ChainedEntry, lineKinds } from './chain.ts';

/** A line as the database and an export hold it. */
export const chainedEntry = z
  .object({
    seq: z.coerce.number(),
    kind: z.enum(lineKinds),
    remediation: z.string().nullable(),
    version: z.number().nullable(),
    event: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    actor: z.string().nullable(),
    dataDigest: z.string(),
    at: z.union([timestamp, z.iso.datetime()]),
    prev: z.string(),
    hash: z.string(),
  })
  .readonly();

const word = '"([^"\\\\\\u0000-\\u001f]*)"';
const maybe = `(?:null|${word})`;
const count = '(0|[1-9]\\d{0,14})';
const instant = '"(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)"';

/** A line exactly as JSON.stringify and `chainText` write it, without anything that JSON escapes. */
const plain = new RegExp(
  `^\\{"seq":${count},"kind":"(${lineKinds.join('|')})","remediation":${maybe},"version":(?:null|${count}),"event":${word},` +
    `"from":${maybe},"to":${word},"actor":${maybe},"dataDigest":${word},"at":${instant},"prev":${word},"hash":${word}\\}$`,
);

/**
 * A line of an export; undefined for what is none. Nearly all are plain and are taken apart by one expression, which takes a
 * fifth of the time; the others are parsed as the JSON that they are.
 */
export function readLine(text: string): ChainedEntry | undefined {
  const found = plain.exec(text);
  if (found === null) return parseLine(text);
  const [, seq, kind, remediation = null, version, event = '', from = null, to = '', actor = null] = found;
  const [dataDigest = '', at = '', prev = '', hash = ''] = found.slice(9);
  const named = lineKinds.find((each) => each === kind);
  if (named === undefined) return undefined;
  const what = { kind: named, remediation, version: version === undefined ? null : Number(version), event };
  return { seq: Number(seq), ...what, from, to, actor, dataDigest, at, prev, hash };
}

function parseLine(text: string): ChainedEntry | undefined {
  try {
    return chainedEntry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const page = z.object({ text: z.string().nullable() });

/**
 * The lines after `after` up to `to`, in order, each as it is exported: one text, because thousands of rows of twelve columns
 * take longer to read than to hash.
 */
export async function chainText(db: Db, after: number, to: number): Promise<readonly string[]> {
  const sql = `select string_agg('{"seq":' || seq || ',"kind":"' || kind || '","remediation":' ||
      coalesce('"' || remediation_id || '"', 'null') || ',"version":' || coalesce(version::text, 'null') || ',"event":' ||
      to_json(event) || ',"from":' || coalesce(to_json(from_state)::text, 'null') || ',"to":' || to_json(to_state) ||
      ',"actor":' || coalesce(to_json(actor)::text, 'null') || ',"dataDigest":' || to_json(data_digest) || ',"at":"' ||
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","prev":' || to_json(prev_hash) || ',"hash":' ||
      to_json(hash) || '}', e'\\n' order by seq) as text
    from remediation_events where seq > ? and seq <= ?`;
  const [found] = await rows(db, page, sql, [after, to]);
  return found?.text == null ? [] : found.text.split('\n');
}

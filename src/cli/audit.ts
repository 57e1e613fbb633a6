import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import { chainedEntry, readChain, verifyAudit } from '../adapters/postgres/audit/audit.ts';
import {
  type ChainedEntry,
  genesis,
  type Head,
  tailFault,
  type Verified,
  verifyChain,
} from '../adapters/postgres/audit/chain.ts';
import { withDatabase } from './database.ts';
import { placeOptions } from './judging.ts';
import type { Verb } from './verb.ts';

const usage = `  audit verify [--head LINE:HASH] [--file FILE] [--sandbox [--folder DIR]] [--json]
      Checks the hash chain over every move, vote and policy, and the rows that its lines vouch for.
      --head is a head that was noted elsewhere: it shows that nothing was cut off since. --file checks an export,
      without a database. Ends with 1 when something was changed past the program, and says what.
  audit head [--sandbox [--folder DIR]]
      Prints the head, to be kept where nobody who can write to the database can reach it.
  audit export [--sandbox [--folder DIR]]
      Prints every line of the chain as JSON, one a line.
`;

export const auditVerb: Verb = { usage, run: auditCommand };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const options = {
  ...placeOptions,
  head: { type: 'string' },
  file: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `firebreak audit`; resolves to the exit code: 1 when the chain is broken, 2 for what is not how it is used. */
async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const expected = values.head === undefined ? undefined : headOf(values.head);
  if (values.head !== undefined && expected === undefined)
    return misused('--head must be the number of a line and its hash, such as 12:3f9a... with 64 hex digits');
  switch (positionals.join(' ')) {
    case 'verify': {
      const { file } = values;
      const verified =
        file === undefined
          ? await withDatabase(values, (knex) => verifyAudit(knex, sha256, expected))
          : await verifyFile(file, expected);
      return tell(verified, values.json === true);
    }
    case 'head':
      process.stdout.write(`${textOf(await withDatabase(values, lastLine))}\n`);
      return 0;
    case 'export':
      await withDatabase(values, exportAll);
      return 0;
    default:
      return misused('give one of verify, head, export');
  }
}

function misused(sentence: string): number {
  process.stderr.write(`firebreak audit: ${sentence}.\n${usage}`);
  return 2;
}

function headOf(text: string): Head | undefined {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

const textOf = ({ seq, hash }: Head): string => `${seq}:${hash}`;

function tell(verified: Verified, asJson: boolean): number {
  const broken = verified.kind === 'broken';
  if (asJson) process.stdout.write(`${JSON.stringify(verified)}\n`);
  else if (broken) process.stdout.write(`Broken at line ${verified.seq}: ${verified.sentence}.\n`);
  else process.stdout.write(`Intact: ${verified.head.seq} lines, head ${textOf(verified.head)}\n`);
  return broken ? 1 : 0;
}

/** A head is worth keeping only while everything before it is as it was. */
async function lastLine(knex: Knex): Promise<Head> {
  const verified = await verifyAudit(knex, sha256);
  if (verified.kind === 'broken')
    throw new Error(`the chain is broken at line ${verified.seq}: ${verified.sentence}`);
  return verified.head;
}

const page = 5_000;

/** No faster than it is read: a chain may be longer than the memory. */
async function exportAll(knex: Knex): Promise<void> {
  await pipeline(Readable.from(allLines(knex)), process.stdout, { end: false });
}

async function* allLines(knex: Knex): AsyncGenerator<string> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const lines: readonly ChainedEntry[] = await readChain(knex, after, page);
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    after = lines.at(-1)?.seq;
  }
}

async function verifyFile(file: string, expected: Head | undefined): Promise<Verified> {
  let last = genesis;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const line = read(text);
    if (line === undefined) {
      const sentence = `${file} has something in its line ${last.seq + 1} that is no line of the chain`;
      return { kind: 'broken', seq: last.seq + 1, sentence };
    }
    const verified = verifyChain([line], expected, sha256, last);
    if (verified.kind === 'broken') return verified;
    last = verified.head;
  }
  return tailFault(last, expected) ?? { kind: 'intact', head: last };
}

function read(text: string) {
  try {
    return chainedEntry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import { readAnchors } from '../adapters/postgres/audit/anchor-file.ts';
import { readChain, verifyAudit } from '../adapters/postgres/audit/audit.ts';
import {
  type ChainedEntry,
  type Head,
  headText,
  readHead,
  type Verified,
} from '../adapters/postgres/audit/chain.ts';
import { chainStart } from '../adapters/postgres/audit/checkpoint.ts';
import { verifyFile } from './audit-file.ts';
import { withDatabase } from './database.ts';
import { placeOptions } from './judging.ts';
import type { Verb } from './verb.ts';

const usage = `  audit verify [--head LINE:HASH] [--anchors FILE] [--file FILE] [--sandbox [--folder DIR]] [--json]
      Checks the hash chain over every move, vote and policy, and the rows that its lines vouch for.
      --head is a head that was noted elsewhere: it shows that nothing was cut off since; --anchors does so with each
      line of the file that FIREBREAK_AUDIT_ANCHOR_FILE names. --file checks an export, without a database. Ends with 1 when something was changed past the program, and says what.
      Where old lines were pruned (the policy's retention) it begins at the newest checkpoint, and names its head: an
      export from before then is checked with --file and that --head.
  audit head [--sandbox [--folder DIR]]
      Prints the head, to be kept where nobody who can write to the database can reach it.
  audit export [--sandbox [--folder DIR]]
      Prints every line of the chain as JSON, one a line. Keep one from before lines are pruned.
`;

export const auditVerb: Verb = { usage, run: auditCommand };

const sha256 = (text: string): string => hash('sha256', text);

const options = {
  ...placeOptions,
  head: { type: 'string' },
  anchors: { type: 'string' },
  file: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `firebreak audit`; resolves to the exit code: 1 when the chain is broken, 2 for what is not how it is used. */
async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const expected = values.head === undefined ? undefined : readHead(values.head);
  if (values.head !== undefined && expected === undefined)
    return misused('--head must be the number of a line and its hash, such as 12:3f9a... with 64 hex digits');
  switch (positionals.join(' ')) {
    case 'verify': {
      const { file } = values;
      const anchors = values.anchors === undefined ? undefined : anchorsOf(values.anchors);
      const verified =
        file === undefined
          ? await withDatabase(values, (knex) => verifyAudit(knex, sha256, expected, anchors))
          : await verifyFile(file, expected, sha256, anchors);
      return tell(verified, values.json === true);
    }
    case 'head':
      process.stdout.write(`${headText(await withDatabase(values, lastLine))}\n`);
      return 0;
    case 'export':
      await withDatabase(values, exportAll);
      return 0;
    default:
      return misused('give one of verify, head, export');
  }
}

/** @throws Error with one sentence for a line that has no head */
function anchorsOf(file: string): readonly Head[] {
  const read = readAnchors(readFileSync(file, 'utf8'));
  if ('wrongLine' in read)
    throw new Error(
      `line ${read.wrongLine} of ${file} ends with no head, such as 12:3f9a... with 64 hex digits`,
    );
  return read;
}

function misused(sentence: string): number {
  process.stderr.write(`firebreak audit: ${sentence}.\n${usage}`);
  return 2;
}

function tell(verified: Verified, asJson: boolean): number {
  const broken = verified.kind === 'broken';
  if (asJson) process.stdout.write(`${JSON.stringify(verified)}\n`);
  else if (broken) process.stdout.write(`Broken at line ${verified.seq}: ${verified.sentence}.\n`);
  else process.stdout.write(`${intactText(verified)}\n`);
  return broken ? 1 : 0;
}

function intactText({ head, from }: Extract<Verified, { kind: 'intact' }>): string {
  const count = head.seq - (from?.seq ?? 0);
  const checkpoint =
    from === undefined ? '' : `, from the checkpoint ${headText(from)} on; older ones were pruned`;
  return `Intact: ${count} lines, head ${headText(head)}${checkpoint}`;
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
  const start = await chainStart(knex);
  // Lines that a checkpoint has vouched for may be gone at any moment.
  let after: number | undefined = start.kind === 'start' ? start.head.seq : 0;
  while (after !== undefined) {
    const lines: readonly ChainedEntry[] = await readChain(knex, after, page);
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    after = lines.at(-1)?.seq;
  }
}

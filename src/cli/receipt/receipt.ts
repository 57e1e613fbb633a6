import { hash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { headText, readHead } from '../../adapters/postgres/audit/chain.ts';
import { isJsonObject, type Json } from '../../domain/text/json.ts';
import { withDatabase } from '../database.ts';
import { choosePolicy, placeOptions } from '../judging.ts';
import type { Verb } from '../verb.ts';
import { bundleOf } from './bundle.ts';

const usage = `  receipt NUMBER [--head LINE:HASH] [--values] [--sandbox [--folder DIR]]
      Prints all that is kept of a remediation as one JSON text: facts, verdict, votes, plan, answers, checks, and the
      lines of the audit chain from its request to the first anchor after its end, or to --head.
      tools/verify-receipt.mjs checks it with Node alone. Values of pod templates and what looks like a secret are left
      out, and with them the proof that the rest of the record is whole; --values puts them in. Changes nothing.
`;

export const receiptVerb: Verb = { usage, run: receiptCommand };

const sha256 = (text: string): string => hash('sha256', text);

/** `firebreak receipt`; resolves to the exit code: 1 when there is none, 2 for what is not how it is used. */
async function receiptCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...placeOptions, head: { type: 'string' }, values: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [text = '', ...more] = positionals;
  if (!/^#?\d{1,9}$/.test(text) || more.length > 0) return misused('give the number of a remediation');
  const head = values.head === undefined ? undefined : readHead(values.head);
  if (values.head !== undefined && head === undefined)
    return misused('--head must be the number of a line and its hash, such as 12:3f9a... with 64 hex digits');
  const number = Number(text.replace('#', ''));
  const { policy } = choosePolicy(values);
  const bundled = await withDatabase(values, (knex) =>
    bundleOf({ knex, number, policy, sha256, head, values: values.values === true }),
  );
  if (bundled.kind === 'none') {
    process.stderr.write(`firebreak receipt: ${bundled.reason}.\n`);
    return 1;
  }
  process.stdout.write(`${JSON.stringify(sorted(bundled.bundle), null, 2)}\n`);
  if (!bundled.anchored)
    process.stderr.write(
      `firebreak receipt: no head after its last line has been anchored yet. Keep ${headText(bundled.head)} elsewhere, or ask again in an hour.\n`,
    );
  return 0;
}

function misused(sentence: string): number {
  process.stderr.write(`firebreak receipt: ${sentence}.\n${usage}`);
  return 2;
}

/** The same value with its keys in one order, so that the same receipt has the same bytes. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openExportFolder } from '../adapters/files/export-folder.ts';
import { createPast } from '../adapters/postgres/insight/past.ts';
import { exportFinetune } from '../workflow/insight/export.ts';
import { withDatabase } from './database.ts';
import { placeOptions } from './judging.ts';
import { sinceOption } from './since.ts';
import type { Verb } from './verb.ts';

const usage = `  export finetune [--since TIME] [--out DIR] [--sandbox [--folder DIR]]
      Writes what Firebreak did as examples of chats (train.jsonl, validation.jsonl): evidence, proposal, decision, outcome
      and stderr, without secrets and names of people, of what was verified and lasted and of what did not help; and a
      data card that counts them, and what was left out and why. --since is a time such as 36h, 7d, 4w or 2026-03-01; all
      that is kept unless told. --out is a folder; "finetune" unless told. The same rows give the same bytes. Ends with 1
      where there is no example. Changes nothing in the database.
`;

export const exportVerb: Verb = { usage, run: exportCommand };

const options = { ...placeOptions, since: { type: 'string' }, out: { type: 'string' } } as const;

/** `firebreak export`; resolves to the exit code: 1 when there is no example, 2 for what is not how it is used. */
async function exportCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.join(' ') !== 'finetune') {
    process.stderr.write(`firebreak export: give finetune.\n${usage}`);
    return 2;
  }
  const since = sinceOption(values.since);
  const folder = resolve(values.out ?? 'finetune');
  const card = await withDatabase(values, async (knex) =>
    exportFinetune(
      createPast(knex),
      { since, now: new Date().toISOString() },
      await openExportFolder(folder),
    ),
  );
  if (card.empty !== undefined) {
    process.stderr.write(`firebreak export: ${card.empty} The data card in ${folder} says why.\n`);
    return 1;
  }
  process.stdout.write(`Examples: ${card.examples}, of ${card.looked} remediations, in ${folder}\n`);
  return 0;
}

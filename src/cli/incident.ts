import { parseArgs } from 'node:util';
import { findStory } from '../adapters/postgres/incidents/story.ts';
import { incidentReport } from '../stages/show/report.ts';
import { withDatabase } from './database.ts';
import { placeOptions } from './judging.ts';
import type { Verb } from './verb.ts';

const usage = `  incident NUMBER [--sandbox [--folder DIR]]
      Prints an incident as a Markdown document: its timeline, what was seen, the decisions and votes, the verdicts with
      what pods said. The number is in the message that heads its thread. Changes nothing.
`;

export const incidentVerb: Verb = { usage, run: incidentCommand };

/** `firebreak incident`; resolves to the exit code: 1 when there is none, 2 for what is not how it is used. */
async function incidentCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: placeOptions,
    allowPositionals: true,
  });
  const [text = '', ...more] = positionals;
  if (!/^#?\d{1,9}$/.test(text) || more.length > 0) {
    process.stderr.write(`firebreak incident: give the number of an incident.\n${usage}`);
    return 2;
  }
  const number = Number(text.replace('#', ''));
  const story = await withDatabase(values, (knex) => findStory(knex, number, true));
  if (story === undefined) {
    process.stderr.write(`firebreak incident: there is no incident ${number}.\n`);
    return 1;
  }
  process.stdout.write(incidentReport(story));
  return 0;
}

import { parseArgs } from 'node:util';
import { findByNumber } from '../adapters/postgres/remediations/remediations.ts';
import type { DeclarativeSpec } from '../domain/spec.ts';
import { weight } from '../domain/text/weight.ts';
import { type JudgedAgain, judgeAgain, verdictChanges } from '../workflow/lifecycle/replay.ts';
import { withDatabase } from './database.ts';
import { explain, printable } from './explain.ts';
import { choosePolicy, placeOptions } from './judging.ts';
import type { Verb } from './verb.ts';

const usage = `  replay NUMBER [--policy FILE] [--sandbox [--folder DIR]] [--json] [--exit-code]
      What today's code and policy say about a stored remediation, on the facts of that time, and what differs.
      Reads DATABASE_URL, or else the embedded database, or that of a sandbox; changes nothing.
      --exit-code ends with 10 when something differs. It ends with 1 when there is no such case.
`;

export const replayVerb: Verb = { usage, run: replayCommand };

const differs = 10;

/** `firebreak replay`; resolves to the exit code: 0, or 1 when there is no such case. */
async function replayCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...placeOptions,
      policy: { type: 'string' },
      json: { type: 'boolean' },
      'exit-code': { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [text = '', ...more] = positionals;
  if (!/^#?\d{1,9}$/.test(text) || more.length > 0) {
    process.stderr.write(`firebreak replay: give the number of a remediation.\n${usage}`);
    return 2;
  }
  const number = Number(text.replace('#', ''));
  const { policy, origin } = choosePolicy(values);
  const row = await withDatabase(values, (knex) => findByNumber(knex, number));
  const again = row === undefined ? undefined : judgeAgain(row, policy);
  if (again === undefined) {
    const why = row === undefined ? 'is not known' : 'was never judged';
    process.stderr.write(`firebreak replay: remediation ${number} ${why}.\n`);
    return 1;
  }
  const changes = verdictChanges(again);
  const { before, after } = again;
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ number, before, after, changes }, null, 2)}\n`
      : `${explain(after, { origin })}\n${told(again, changes).map(printable).join('\n')}\n`,
  );
  return values['exit-code'] === true && changes.length > 0 ? differs : 0;
}

/** What has a sentence is told by it; the rest leaf by leaf. */
function told({ before, after }: JudgedAgain, changes: readonly string[]): string[] {
  if (changes.length === 0) return ['Nothing differs from what was decided.'];
  const [was, is] = [sentencesOf(before), sentencesOf(after)];
  return [
    'Different from what was decided:',
    ...changes.filter((line) => !/^(lineItems\.|constraints:)/.test(line)).map((line) => `  ${line}`),
    ...was.filter((line) => !is.includes(line)).map((line) => `  not now: ${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `  now: ${line}`),
  ];
}

function sentencesOf({ lineItems, constraints }: DeclarativeSpec): string[] {
  return [
    ...lineItems.map((item) => `${weight(item)} ${item.sentence}`),
    ...constraints.map(({ sentence }) => `Condition: ${sentence}`),
  ];
}

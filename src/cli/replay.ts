import { parseArgs } from 'node:util';
import { findByNumber } from '../adapters/postgres/remediations.ts';
import { loadPolicy, processEnvironment } from '../config.ts';
import { judgeAgain, verdictChanges } from '../workflow/judge-again.ts';
import { withDatabase } from './database.ts';
import { explain, printable } from './explain.ts';

export const replayUsage = `  replay NUMBER [--policy FILE] [--json]
      What today's code and policy say about a stored remediation, on the facts of that time, and what differs.
      Reads DATABASE_URL; changes nothing.
`;

/** `firebreak replay`; resolves to the exit code: 0, or 1 when there is no such case. */
export async function replayCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { policy: { type: 'string' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [text = '', ...more] = positionals;
  if (!/^#?\d{1,9}$/.test(text) || more.length > 0) {
    process.stderr.write(`firebreak replay: give the number of a remediation.\n${replayUsage}`);
    return 2;
  }
  const number = Number(text.replace('#', ''));
  const policy = loadPolicy(values.policy ?? (processEnvironment()['FIREBREAK_POLICY'] || undefined));
  const row = await withDatabase((knex) => findByNumber(knex, number));
  const again = row === undefined ? undefined : judgeAgain(row, policy);
  if (again === undefined) {
    const why = row === undefined ? 'is not known' : 'was never judged';
    process.stderr.write(`firebreak replay: remediation ${number} ${why}.\n`);
    return 1;
  }
  const changes = verdictChanges(again);
  if (values.json === true) {
    const { before, after } = again;
    process.stdout.write(`${JSON.stringify({ number, before, after, changes }, null, 2)}\n`);
    return 0;
  }
  const told =
    changes.length === 0
      ? ['Nothing differs from what was decided.']
      : ['Different from what was decided:', ...changes.map((line) => `  ${printable(line)}`)];
  process.stdout.write(`${explain(again.after)}\n${told.join('\n')}\n`);
  return 0;
}

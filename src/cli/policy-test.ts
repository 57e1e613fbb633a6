import { parseArgs } from 'node:util';
import { judgedSince } from '../adapters/postgres/remediations.ts';
import { ConfigFault, loadPolicy } from '../config.ts';
import { printAction } from '../domain/print.ts';
import { tiers } from '../domain/tier.ts';
import { type JudgedAgain, judgeAgain, wentWrong } from '../workflow/judge-again.ts';
import { withDatabase } from './database.ts';

export const policyTestUsage = `  policy test FILE [--since 90d] [--json]
      Judges every stored case of that time again by FILE: which move to another tier, and which of those that would
      now run by themselves had failed. Ends with 1 when there are such, so that CI can refuse the policy.
      Reads DATABASE_URL; changes nothing.
`;

/** What a changed policy would have meant. */
interface PolicyTrial {
  /** Cases judged again. */
  readonly cases: number;
  /** `human -> auto: 3`, from least to most. */
  readonly moves: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  /** Cases that would run by themselves now, and did not work then. */
  readonly risky: readonly { readonly number: number; readonly command: string; readonly was: string }[];
}

/** Sums up cases that were judged again. */
function trialOf(cases: readonly JudgedAgain[]): PolicyTrial {
  const moves = tiers.flatMap((from) =>
    tiers.flatMap((to) => {
      const count = cases.filter(({ before, after }) => before.tier === from && after.tier === to).length;
      return from === to || count === 0 ? [] : [{ from, to, count }];
    }),
  );
  const risky = cases
    .filter(({ row, before, after }) => after.tier === 'auto' && before.tier !== 'auto' && wentWrong(row))
    .map(({ row, before }) => ({ number: row.number, command: printAction(row.action), was: before.tier }));
  return { cases: cases.length, moves, risky };
}

/** `firebreak policy test`; resolves to the exit code. */
export async function policyTest(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { since: { type: 'string', default: '90d' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    process.stderr.write(`firebreak policy test: name one file.\n${policyTestUsage}`);
    return 2;
  }
  const policy = loadPolicy(file);
  const since = sinceOf(values.since);
  const trial = await withDatabase(async (knex) => {
    const cases: JudgedAgain[] = [];
    for await (const row of judgedSince(knex, since)) {
      const again = judgeAgain(row, policy);
      if (again !== undefined) cases.push(again);
    }
    return trialOf(cases);
  });
  process.stdout.write(values.json === true ? `${JSON.stringify(trial, null, 2)}\n` : told(trial));
  return trial.risky.length === 0 ? 0 : 1;
}

const hours = { h: 1, d: 24, w: 168 } as const;

/** @throws ConfigFault when it is no length of time */
function sinceOf(text: string): string {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const found = Object.entries(hours).find(([name]) => name === unit);
  if (count === undefined || found === undefined)
    throw new ConfigFault([`--since: "${text}" is no length of time; write 90d, 12h or 2w.`]);
  return new Date(Date.now() - Number(count) * found[1] * 3_600_000).toISOString();
}

function told({ cases, moves, risky }: PolicyTrial): string {
  const lines = [
    `${cases} ${cases === 1 ? 'case' : 'cases'} judged again.`,
    ...(moves.length === 0 ? ['None moves to another tier.'] : []),
    ...moves.map(({ from, to, count }) => `${from} -> ${to}: ${count}`),
    ...risky.map(
      ({ number, command, was }) => `Would run by itself, and did not work: ${number} (${was}) ${command}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

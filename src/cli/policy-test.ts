import { parseArgs } from 'node:util';
import { printAction } from '../actions/print.ts';
import { judgedSince } from '../adapters/postgres/remediations/remediations.ts';
import { loadPolicy } from '../config.ts';
import { ConfigFault } from '../config-fault.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Remediation } from '../domain/remediation.ts';
import { tiers } from '../domain/tier.ts';
import { type JudgedAgain, judgeAgain, wentWrong } from '../workflow/lifecycle/replay.ts';
import { OtherVersion } from '../workflow/other-version.ts';
import { withDatabase } from './database.ts';
import { placeOptions } from './judging.ts';

export const policyTestUsage = `  policy test FILE [--since 90d] [--sandbox [--folder DIR]] [--json]
      Judges every stored case of that time again by FILE: which move to another tier, and which of those that would
      now run by themselves had failed. Ends with 1 when there are such, so that CI can refuse the policy.
      Reads DATABASE_URL, or else the embedded database, or that of a sandbox; changes nothing.
`;

/** What a changed policy would have meant. */
interface PolicyTrial {
  /** Cases judged again. */
  readonly cases: number;
  /** `human -> auto: 3`, from least to most, and which they are. */
  readonly moves: readonly {
    readonly from: string;
    readonly to: string;
    readonly count: number;
    readonly cases: readonly Moved[];
  }[];
  /** Cases that would run by themselves now, and did not work then. */
  readonly risky: readonly { readonly number: number; readonly command: string; readonly was: string }[];
  /** Cases that another version of Firebreak has written, which this one cannot read. */
  readonly skipped: readonly { readonly number: number; readonly state: string }[];
}

interface Moved {
  readonly number: number;
  readonly command: string;
  readonly scores: { readonly before: number; readonly after: number };
}

const againOf = (row: Remediation, policy: Policy): readonly JudgedAgain[] => {
  const again = judgeAgain(row, policy);
  return again === undefined ? [] : [again];
};

/** Sums up cases that were judged again. */
function trialOf(cases: readonly JudgedAgain[], others: readonly OtherVersion[]): PolicyTrial {
  const moves = tiers.flatMap((from) =>
    tiers.flatMap((to) => {
      const moved = cases.filter(({ before, after }) => before.tier === from && after.tier === to);
      if (from === to || moved.length === 0) return [];
      return [{ from, to, count: moved.length, cases: moved.map(movedOf) }];
    }),
  );
  const risky = cases
    .filter(({ row, before, after }) => after.tier === 'auto' && before.tier !== 'auto' && wentWrong(row))
    .map(({ row, before }) => ({ number: row.number, command: printAction(row.action), was: before.tier }));
  const skipped = others.map(({ number, state }) => ({ number, state }));
  return { cases: cases.length, moves, risky, skipped };
}

function movedOf({ row, before, after }: JudgedAgain): Moved {
  const scores = { before: before.score, after: after.score };
  return { number: row.number, command: printAction(row.action), scores };
}

/** `firebreak policy test`; resolves to the exit code. */
export async function policyTest(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...placeOptions, since: { type: 'string', default: '90d' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    process.stderr.write(`firebreak policy test: name one file.\n${policyTestUsage}`);
    return 2;
  }
  const policy = loadPolicy(file, 'policy test');
  const since = sinceOf(values.since);
  const trial = await withDatabase(values, async (knex) => {
    const cases: JudgedAgain[] = [];
    const others: OtherVersion[] = [];
    for await (const row of judgedSince(knex, since)) {
      if (row instanceof OtherVersion) others.push(row);
      else cases.push(...againOf(row, policy));
    }
    return trialOf(cases, others);
  });
  process.stdout.write(values.json === true ? `${JSON.stringify(trial, null, 2)}\n` : told(trial, since));
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

/** Of each move so many are named in text; JSON has all. */
const mostNamed = 20;

function told({ cases, moves, risky, skipped }: PolicyTrial, since: string): string {
  const left = skippedText(skipped);
  if (cases === 0)
    return [
      `No case has been judged since ${since.slice(0, 10)}; --since looks further back.`,
      ...left,
      '',
    ].join('\n');
  const lines = [
    `${cases} ${cases === 1 ? 'case' : 'cases'} judged again.`,
    ...(moves.length === 0 ? ['None moves to another tier.'] : []),
    ...moves.flatMap(({ from, to, count, cases: moved }) => [
      `${from} -> ${to}: ${count}`,
      ...moved.slice(0, mostNamed).map(named),
      ...(count > mostNamed ? [`  ... and ${count - mostNamed} more: --json names all`] : []),
    ]),
    ...risky.map(
      ({ number, command, was }) => `Would run by itself, and did not work: ${number} (${was}) ${command}`,
    ),
    ...left,
  ];
  return `${lines.join('\n')}\n`;
}

function skippedText(skipped: PolicyTrial['skipped']): readonly string[] {
  if (skipped.length === 0) return [];
  const named = skipped.slice(0, mostNamed).map(({ number }) => number);
  const more = skipped.length > mostNamed ? `, ... and ${skipped.length - mostNamed} more` : '';
  const which = skipped.length === 1 ? 'case was' : 'cases were';
  return [
    `${skipped.length} ${which} skipped, written by another version of Firebreak and not readable by this one: ${named.join(', ')}${more}`,
  ];
}

const named = ({ number, command, scores }: Moved): string =>
  `  ${number}  ${command} (score ${scores.before} -> ${scores.after})`;

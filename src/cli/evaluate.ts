import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { findHistory } from '../adapters/postgres/remediations/history.ts';
import { findPast } from '../adapters/postgres/remediations/past.ts';
import { findUsage } from '../adapters/postgres/remediations/usage.ts';
import { createClock } from '../clock.ts';
import { ConfigFault } from '../config-fault.ts';
import type { Tier } from '../domain/tier.ts';
import { type EvaluatorDeps, type Judgement, judgeCommand } from '../workflow/intake/evaluate-command.ts';
import { choicesAt, clusterAt, readFacts } from './asked-cluster.ts';
import { hasDatabase, withDatabase } from './database.ts';
import { explain, printable } from './explain.ts';
import { choosePolicy, type Place, placeOptions } from './judging.ts';
import type { Verb } from './verb.ts';

const usage = `  evaluate "COMMAND" [--facts FILE | --kubeconfig FILE --context NAME | --sandbox [--folder DIR]] [--policy FILE]
           [--at INSTANT] [--json] [--exit-code]
      Judges a kubectl command and explains the score. Changes nothing. Facts come from the cluster, from a file, or
      from the cluster of a running sandbox. Where FIREBREAK_CLUSTERS names several clusters, NAME is one of them, also
      in the command; the default without it. The policy is that of --policy, of FIREBREAK_POLICY, or of the sandbox.
      --at judges for another time, such as 2026-12-24T16:00:00Z.
      The database is asked for what was done before and for what is used of the budgets. Without one, and for another
      time, that is not known and has no say; the answer says so. A card is always judged with it.
      --json prints the spec with everything it depends on, as POST /api/v1/evaluate answers.
      --exit-code ends with 0 for auto, 10 for human, 11 for dual, 12 for blocked. Without a verdict it ends with 1.
`;

export const evaluateVerb: Verb = { usage, run: evaluateCommand };

const exitCodes = { auto: 0, human: 10, dual: 11, blocked: 12 } as const satisfies Record<Tier, number>;

/** Milliseconds for looking at the cluster. Each call has a limit of its own, and what that ends is told as not known. */
const patience = 60_000;

const options = {
  ...placeOptions,
  facts: { type: 'string' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  policy: { type: 'string' },
  at: { type: 'string' },
  json: { type: 'boolean' },
  'exit-code': { type: 'boolean' },
} as const;

/** `firebreak evaluate`; resolves to the exit code. A command or file that is wrong is said on stderr: 1. */
async function evaluateCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, ...more] = positionals;
  if (command === undefined || more.length > 0) {
    process.stderr.write(`firebreak evaluate: give one command, in quotes.\n${usage}`);
    return 2;
  }
  const { policy, origin } = choosePolicy(values);
  // Facts of a file are of the cluster that they say: none is asked, and none has to be named.
  const several = values.facts === undefined ? choicesAt(values) : {};
  const deps: EvaluatorDeps = {
    cluster: clusterAt(values),
    ...several,
    ...(await recordsIn(values)),
    policy: () => policy,
    clock: createClock(),
    newId: randomUUID,
  };
  const question = {
    command,
    ...(values.facts === undefined ? {} : { facts: readFacts(values.facts) }),
    ...(values.at === undefined ? {} : { at: instantOf(values.at) }),
  };
  const judged = await judgeCommand(deps, question, AbortSignal.timeout(patience));
  if (judged.kind !== 'judged') {
    const why = judged.kind === 'refused' ? judged.rendered : `firebreak evaluate: ${judged.reason}`;
    process.stderr.write(`${why}\n`);
    return 1;
  }
  const { judgement } = judged;
  process.stdout.write(
    values.json === true ? `${JSON.stringify(judgement, null, 2)}\n` : told(judgement, origin),
  );
  return values['exit-code'] === true ? exitCodes[judgement.spec.tier] : 0;
}

/** What was understood otherwise than it was typed is said before the verdict. */
function told({ notes, spec, outlook, notKnownHere }: Judgement, origin: string): string {
  return `${notes.map((note) => `Note: ${printable(note)}\n`).join('')}${explain(spec, { counterfactual: outlook, notKnownHere, origin })}`;
}

/** Where Firebreak's database is known, so is what was done before and what is used of the budgets. */
export async function recordsIn(place: Place): Promise<Pick<EvaluatorDeps, 'usage' | 'history' | 'past'>> {
  if (!(await hasDatabase(place))) return {};
  return {
    usage: (where, since) => ifKept(withDatabase(place, (knex) => findUsage(knex, where, since))),
    history: (objects, now) => ifKept(withDatabase(place, (knex) => findHistory(knex, objects, now))),
    past: (cluster, target, since) => withDatabase(place, (knex) => findPast(knex, cluster, target, since)),
  };
}

/** A sandbox that has kept nothing yet knows nothing. */
async function ifKept<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (fault) {
    if (fault instanceof ConfigFault) return undefined;
    throw fault;
  }
}

/** @throws ConfigFault when it is no instant */
function instantOf(text: string): string {
  const read = z.iso.datetime({ offset: true }).safeParse(text);
  if (!read.success)
    throw new ConfigFault([`--at: "${text}" is no instant; write 2026-12-24T16:00:00Z, or +01:00 for Z.`]);
  return new Date(read.data).toISOString();
}

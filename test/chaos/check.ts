import { parseArgs } from 'node:util';
import { changesOf } from './check/changes.ts';
import { type Evidence, readEvidence } from './check/evidence.ts';
import { invariants } from './check/invariants.ts';
import { channelOf, redactionsOf } from './check/told.ts';

/*
 * Checks what must hold after a run with faults, from outside: it reads PostgreSQL, the API server's log and Slack's log,
 * and has no code in common with the program that it checks. Prints a table; exit code 1 where something does not hold.
 *
 *   node test/chaos/check.ts --database URL --requests FILE --slack FILE [--replica FILE]... [--secret TEXT]...
 *     [--expect 'verb drain']...
 *
 * Prints the counts as one line of JSON besides, after "counts ".
 */

/** So many sentences of one kind say it all. */
const shownOfEach = 10;

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    requests: { type: 'string' },
    slack: { type: 'string' },
    replica: { type: 'string', multiple: true, default: [] },
    secret: { type: 'string', multiple: true, default: [] },
    expect: { type: 'string', multiple: true, default: [] },
  },
});
const { database, requests, slack, replica, secret, expect } = values;
if (database === undefined || requests === undefined || slack === undefined)
  throw new Error('--database, --requests and --slack must be given.');

const evidence = await readEvidence({
  ...{ database, requests, slack },
  ...{ replicas: replica, secrets: secret, expected: expect },
});
const found = invariants.map(({ name, check }, at) => ({ name, at: at + 1, sentences: check(evidence) }));
for (const { name, at, sentences } of found) {
  console.log(`${String(at).padStart(2)}  ${sentences.length === 0 ? 'holds' : 'BROKEN'.padEnd(5)}  ${name}`);
  for (const sentence of sentences.slice(0, shownOfEach)) console.log(`      - ${sentence}`);
  if (sentences.length > shownOfEach) console.log(`      - and ${sentences.length - shownOfEach} more`);
}
console.log(`counts ${JSON.stringify(counts(evidence))}`);
const broken = found.filter(({ sentences }) => sentences.length > 0);
console.log(broken.length === 0 ? 'Everything holds.' : `${broken.length} of ${found.length} are broken.`);
process.exitCode = broken.length === 0 ? 0 : 1;

function counts(of: Evidence): Readonly<Record<string, number | Readonly<Record<string, number>>>> {
  const { remediations, verdicts, outbox, approvals } = of;
  const { there, deleted } = channelOf(of);
  const by = (words: readonly string[]) =>
    Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
  return {
    remediations: remediations.length,
    executed: remediations.filter(({ applied }) => applied).length,
    verdicts: verdicts.length,
    // Steps that were given up because several processes had died at them, by no fault of their own here.
    givenUp: remediations.filter(({ failure }) => failure?.includes('processes died') === true).length,
    changes: changesOf(of).length,
    answeredCalls: remediations.reduce((sum, { answered }) => sum + answered, 0),
    approvals: approvals.length,
    promised: outbox.length,
    messages: there.length,
    secondCopiesDeleted: deleted,
    secondCopiesThatStay: there.length - new Set(there.map(({ key }) => key)).size,
    ends: by(remediations.map(({ state }) => state)),
    redactions: redactionsOf(of),
    verbs: by(remediations.filter(({ applied }) => applied).map(({ verb }) => verb)),
    results: by(verdicts.map(({ result }) => result)),
    tiers: by(remediations.map(({ tier }) => tier ?? 'none')),
  };
}

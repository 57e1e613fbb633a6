import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { playChaos } from './play.ts';
import { bug } from './settings.ts';

/*
 * Many remediations while replicas are killed and stopped and the database is cut off; then all must come to rest, and an
 * independent checker looks at what is left. Exit code 1 where something does not hold.
 *
 *   npm run chaos -- --remediations 1212 --seed 1
 */

const { values } = parseArgs({
  options: {
    remediations: { type: 'string', default: '1212' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    replicas: { type: 'string', default: '2' },
    /** Share of the statements, and of the requests to the cluster, that go wrong. */
    statements: { type: 'string', default: '0' },
    kubernetes: { type: 'string', default: '0' },
    /** Slack is away for so many seconds in the middle; its pace is 20 times the usual, so that 90 s are half an hour of it. */
    'slack-away': { type: 'string', default: '0' },
    /** After which the faults end, however much is left to do. */
    minutes: { type: 'string', default: '90' },
    /** Minutes in which all must come to rest afterwards. */
    rest: { type: 'string', default: '10' },
    /** So many are asked for and not over, at most. */
    open: { type: 'string', default: '16' },
    /** How many times as slow the faults come; as slow as this machine is, unless told. */
    slower: { type: 'string' },
    /** Instead of all that, all replicas are replaced so many times, one after the other, as a rollout does. */
    roll: { type: 'string', default: '0' },
    bug: { type: 'string' },
    /** Where the logs stay; in a folder that is deleted unless told. */
    logs: { type: 'string' },
  },
});

const home = values.logs ?? (await mkdtemp(join(tmpdir(), 'firebreak-chaos-')));
await mkdir(home, { recursive: true });
const holds = await playChaos({
  remediations: Number(values.remediations),
  seed: Number(values.seed),
  replicas: Number(values.replicas),
  statementFaults: Number(values.statements),
  clusterFaults: Number(values.kubernetes),
  slackAway: Number(values['slack-away']),
  bug: values.bug === undefined ? undefined : bug.parse(values.bug),
  rolls: Number(values.roll),
  minutes: Number(values.minutes),
  rest: Number(values.rest),
  open: Number(values.open),
  slower: values.slower === undefined ? undefined : Number(values.slower),
  home,
  say: (line) => console.log(line),
});
if (values.logs === undefined && holds) await rm(home, { recursive: true, force: true });
else console.log(`The logs are in ${home}.`);
process.exit(holds ? 0 : 1);

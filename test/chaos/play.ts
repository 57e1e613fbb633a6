import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { connect } from '../../src/adapters/postgres/connect.ts';
import { createQueue } from '../../src/adapters/postgres/jobs/queue.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { silentLog } from '../fixtures/log.ts';
import { bundled } from '../support/bundled.ts';
import { type CrashingServer, openCrashingServer } from '../support/crashing-server.ts';
import { sha256 } from '../support/sha256.ts';
import { type Child, startChild } from './child.ts';
import { expected, wishesFor } from './commands.ts';
import { createRandom, type Random } from './random.ts';
import { plantSecrets } from './secrets.ts';
import type { Bug, ReplicaSettings } from './settings.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';
import { dropConstraints, installWitness } from './witness.ts';

export interface Chaos {
  readonly remediations: number;
  readonly seed: number;
  readonly replicas: number;
  readonly statementFaults: number;
  readonly clusterFaults: number;
  /** Seconds. */
  readonly slackAway: number;
  readonly bug: Bug | undefined;
  /** Instead of all other faults the replicas are rolled so many times. */
  readonly rolls: number;
  /** For which the faults last at most. */
  readonly minutes: number;
  /** Minutes in which all must come to rest afterwards. */
  readonly rest: number;
  /** So many are asked for and not over, at most. */
  readonly open: number;
  /** Times as slow as the rhythm of the headline; undefined: as slow as this machine is now. */
  readonly slower: number | undefined;
  /** Where the logs go. */
  readonly home: string;
  readonly say: (line: string) => void;
}

/** In so many wishes is every road, and what comes of it. */
const allRoads = 100;

/** A target has none twice at once. */
const targetsFor = (remediations: number): number => Math.min(120, Math.max(36, remediations));

/** Plays one run; true when everything holds. */
export async function playChaos(chaos: Chaos): Promise<boolean> {
  const { seed, home, say } = chaos;
  const began = Date.now();
  say(`${chaos.remediations} remediations, ${chaos.replicas} replicas, seed ${seed}`);
  const server = await openCrashingServer();
  const children: Child[] = [];
  const program = await bundled(join(import.meta.dirname, 'replica.ts'));
  // Whoever ends this by hand leaves no server behind.
  const quit = () => void server.crash().finally(() => process.exit(1));
  process.once('SIGINT', quit).once('SIGTERM', quit);
  try {
    await prepare(server.url, chaos);
    const stage = await setStage(chaos, server, children, program.path);
    await stage.supervisor.ready();
    const late = chaos.rolls === 0 ? 0 : await roll(chaos, server.url, stage);
    const { downs, slowness } = await rage(chaos, server, stage);
    const faultsOver = Date.now();
    say(`faults off after ${seconds(began)} s: ${toll(stage.supervisor, downs)}`);
    say(`the rhythm of the faults was ${slowness.toFixed(1)} times as slow as it is meant to be`);
    const rested = await comeToRest(server.url, chaos, stage);
    say(`${rested ? 'all at rest' : 'NOT at rest'} ${seconds(faultsOver)} s later`);
    // Before it is looked at: what is promised between two looks would be missing in one.
    await stage.supervisor.end();
    const green = await check(chaos, server.url);
    if (late > 0) say(`${late} replicas were killed or took longer than ${goodbye / 1000} s to leave`);
    say(`seed ${seed}, ${seconds(began)} s, ${toll(stage.supervisor, downs)}; logs: ${home}`);
    return green && late === 0;
  } finally {
    await Promise.all(children.map((child) => child.end('SIGKILL')));
    await Promise.all([server.stop(), program.remove()]);
    process.off('SIGINT', quit).off('SIGTERM', quit);
  }
}

const seconds = (since: number): number => Math.round((Date.now() - since) / 1000);

const toll = ({ toll: { kills, stops, starts } }: Supervisor, downs: number): string =>
  `${kills} kills, ${stops} stops, ${starts} starts, PostgreSQL cut off ${downs} times`;

async function prepare(url: string, { bug }: Chaos): Promise<void> {
  const knex = connect(url, 2);
  await migrate(knex);
  await knex.destroy();
  const queue = createQueue({ url, sha256, log: silentLog });
  await queue.start();
  await queue.stop();
  await installWitness(url);
  if (bug === 'constraint dropped') await dropConstraints(url);
}

interface Stage {
  readonly cluster: Child;
  readonly slack: Child;
  readonly supervisor: Supervisor;
  readonly random: Random;
  /** What Slack's process said last. */
  readonly count: { understood: number; told: number };
}

async function setStage(
  chaos: Chaos,
  server: CrashingServer,
  children: Child[],
  program: string,
): Promise<Stage> {
  const { seed, home, remediations, statementFaults, clusterFaults, bug } = chaos;
  const targets = targetsFor(remediations);
  const ports = await freePorts(chaos.replicas);
  const cluster = startChild(
    new URL('./kubernetes.ts', import.meta.url),
    { log: join(home, 'requests.jsonl'), seed, targets, faults: clusterFaults },
    join(home, 'kubernetes.log'),
  );
  children.push(cluster);
  const { url } = await cluster.says('cluster');
  const wishes = wishesFor(remediations, targets, seed);
  const slack = startChild(
    new URL('./slack.ts', import.meta.url),
    { log: join(home, 'slack.jsonl'), seed, ports, wishes, open: chaos.open, askReadiness: chaos.rolls > 0 },
    join(home, 'slack.log'),
  );
  children.push(slack);
  const { apiUrl, botToken, signingSecret } = await slack.says('slack');
  const count = { understood: 0, told: 0 };
  slack.onSaid((word) => {
    if (word.kind === 'count') Object.assign(count, word);
  });
  const replicas = ports.map(
    (port, at): ReplicaSettings => ({
      database: server.url,
      cluster: url,
      slack: { apiUrl, botToken, signingSecret },
      port,
      seed: seed + 1_000 * at,
      statementFaults,
      ...(bug === undefined ? {} : { bug }),
    }),
  );
  const random = createRandom(seed);
  const outputs = ports.map((_, at) => join(home, `replica-${at}.log`));
  return {
    cluster,
    slack,
    supervisor: startSupervisor({ program, replicas, outputs, random }),
    random,
    count,
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports: number[] = [];
  for (const each of servers) {
    if (!each.listening) await new Promise((resolve) => each.once('listening', resolve));
    const address = each.address();
    if (address !== null && typeof address !== 'string') ports.push(address.port);
  }
  await Promise.all(servers.map((each) => new Promise((resolve) => each.close(resolve))));
  return ports;
}

/** Milliseconds from the start of a replica to its readiness on a machine for which the rhythm is meant. */
const usualStart = 1_500;
const slowest = 10;

/**
 * How much slower than the headline's the rhythm is to be now: where a replica takes longer to start than it would be left
 * alive nothing would be tested but the start.
 */
const slownessOf = ({ slower }: Chaos, { supervisor }: Stage): number =>
  slower ?? Math.min(slowest, Math.max(1, supervisor.lastStart() / usualStart));

/** The last ones come to their end without faults. */
const tail = (remediations: number): number => Math.ceil(remediations / 50);

/** How many remediations are not over, and how many there are; throws while the database is away. */
async function openIn(url: string): Promise<{ readonly open: number; readonly known: number }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ open: number; known: number }>(countSql);
    const [found = { open: 0, known: 0 }] = rows;
    return found;
  } finally {
    await client.end().catch(() => {});
  }
}

/** In which a replica that is told to go has to be gone, on a machine for which that is meant. Milliseconds. */
const goodbye = 10_000;

/** Replaces every replica so many times while people go on asking; answers how many did not leave as they should. */
async function roll(chaos: Chaos, url: string, stage: Stage): Promise<number> {
  const { rolls, say } = chaos;
  const telling = setInterval(() => void tell(url, stage.slack), 500);
  let late = 0;
  for (let round = 1; round <= rolls; round += 1) {
    const farewells = await stage.supervisor.roll();
    const slow = slownessOf(chaos, stage);
    late += farewells.filter(({ code, took }) => code !== 0 || took > goodbye * slow).length;
    const slowest = Math.max(...farewells.map(({ took }) => took));
    say(
      `  rolled ${round} times; the slowest left after ${Math.round(slowest)} ms, ${slow.toFixed(1)} times as slow a machine as is meant`,
    );
  }
  clearInterval(telling);
  return late;
}

/** Tells those who ask how much is open; answers it, or undefined while the database is away. */
async function tell(url: string, slack: Child): Promise<number | undefined> {
  const found = await openIn(url).catch(() => undefined);
  if (found !== undefined) slack.tell({ kind: 'left', ...found });
  return found?.open;
}

/**
 * Faults until everything was asked for and nearly all is over; answers how often the database was cut off, and how much
 * slower the faults came than they are meant to, on average.
 */
async function rage(
  chaos: Chaos,
  server: CrashingServer,
  stage: Stage,
): Promise<{ readonly downs: number; readonly slowness: number }> {
  const { remediations, say } = chaos;
  const { count, supervisor, random, slack, cluster } = stage;
  const until = Date.now() + chaos.minutes * 60_000;
  const work = { left: Number.POSITIVE_INFINITY };
  const isOver = () =>
    chaos.rolls > 0 ||
    Date.now() > until ||
    (count.understood >= remediations && work.left <= tail(remediations));
  const looking = (async () => {
    while (!isOver()) {
      work.left = (await tell(server.url, slack)) ?? work.left;
      await sleep(500);
    }
  })();
  const waits = { meant: 0, made: 0 };
  const pause = async (milliseconds: number) => {
    const made = slownessOf(chaos, stage) * milliseconds;
    waits.meant += milliseconds;
    waits.made += made;
    const end = Date.now() + made;
    while (Date.now() < end && !isOver()) await sleep(Math.max(0, Math.min(200, end - Date.now())));
  };
  const striking = (async () => {
    while (!isOver()) {
      await pause(random.between(200, 2_000));
      if (isOver()) return;
      supervisor.strike();
    }
  })();
  let downs = 0;
  const cutting = (async () => {
    while (!isOver()) {
      await pause(random.between(5_000, 10_000));
      if (isOver()) return;
      await server.crash();
      downs += 1;
      await sleep(random.between(0, 2_000));
      await server.startAgain();
    }
  })();
  const telling = (async () => {
    let wasAway = chaos.slackAway === 0;
    while (!isOver()) {
      await sleep(10_000);
      say(
        `  ${count.understood} asked, ${count.told} endings told, ${toll(supervisor, downs)}, ${slownessOf(chaos, stage).toFixed(1)} times as slow`,
      );
      if (wasAway || count.told < remediations / 3) continue;
      wasAway = true;
      slack.tell({ kind: 'away', milliseconds: chaos.slackAway * 1_000 });
      say(`  Slack is away for ${chaos.slackAway} s`);
    }
  })();
  await Promise.all([striking, cutting, telling, looking]);
  cluster.tell({ kind: 'calm' });
  await supervisor.calm();
  return { downs, slowness: waits.made / Math.max(1, waits.meant) };
}

/** A rollback is asked for by nobody; an alert is known with its incident. */
const isOpen = `state not in ('succeeded', 'failed', 'inconclusive', 'no_action', 'blocked', 'rejected', 'expired',
  'superseded')`;

const countSql = `select count(*) filter (where ${isOpen})::integer as open,
  (count(*) filter (where requested_by not like 'rollback%'))::integer as known from remediations`;

/** What is not over yet, or not told yet. Whether what is over still stands is looked at for hours: that is no part of it. */
const unrest = `select
  (select count(*) from remediations where ${isOpen})
  + (select count(*) from slack_outbox where status = 'open' and sent_revision < desired_revision)
  + (select count(*) from slack_doubles)
  + (select count(*) from pgboss.job where name = 'wake' and state < 'completed' and data->>'kind' not in ('expire', 'end', 'drift'))
  + (select count(*) from running where wake->>'kind' not in ('end', 'drift')) as left`;

/** Resolves with true when nothing is left twice in a row, with false when that takes too long. */
async function comeToRest(
  url: string,
  { rest, say, remediations }: Chaos,
  { slack, count }: Stage,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const until = Date.now() + rest * 60_000;
  try {
    for (let quiet = 0, look = 0; Date.now() < until; look += 1) {
      const { rows } = await client.query<{ left: string }>(unrest);
      const left = Number(rows[0]?.left) + Math.max(0, remediations - count.understood);
      await tell(url, slack);
      quiet = left === 0 ? quiet + 1 : 0;
      if (quiet === 3) return true;
      if (look % 10 === 9) say(`  ${left} things are left`);
      await sleep(1_000);
    }
    return false;
  } finally {
    await client.end();
  }
}

/** The checker, as the program of its own that it is. */
function check({ home, replicas, say, seed, remediations, rolls }: Chaos, url: string): Promise<boolean> {
  const program = fileURLToPath(new URL('./check.ts', import.meta.url));
  const logs = ['--requests', join(home, 'requests.jsonl'), '--slack', join(home, 'slack.jsonl')];
  const outputs = Array.from({ length: replicas }, (_, at) => ['--replica', join(home, `replica-${at}.log`)]);
  return new Promise((resolve) => {
    const secrets = plantSecrets(seed).secrets.flatMap((secret) => ['--secret', secret]);
    const roads = remediations < allRoads ? [] : expected.flatMap((what) => ['--expect', what]);
    const asked = [
      program,
      '--database',
      url,
      ...logs,
      ...outputs.flat(),
      ...secrets,
      ...roads,
      ...(rolls > 0 ? ['--expect', 'no refusal'] : []),
    ];
    execFile(process.execPath, asked, { maxBuffer: 2 ** 26 }, (fault, stdout, stderr) => {
      say(`${stdout}${stderr}`.trimEnd());
      resolve(fault === null);
    });
  });
}

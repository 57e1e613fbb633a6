import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../src/adapters/postgres/embedded/embedded.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { silentLog } from '../fixtures/log.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { holds, onFaultScenario } from './kill.ts';
import { readEvents, readOperations } from './ledger.ts';
import { decideUntilOver, until } from './people.ts';
import { roads } from './roads.ts';

/** A PostgreSQL of this test alone, which may be stopped. */
interface Server extends Embedded {
  /** What `pg_ctl stop --mode=immediate` does: no checkpoint, every connection cut, recovery at the next start. */
  crash(): Promise<void>;
  startAgain(): Promise<void>;
}

async function openServer(): Promise<Server> {
  const home = await mkdtemp(join(tmpdir(), 'firebreak-crash-'));
  // PostgreSQL runs as nobody when the tests run as root; it must be able to enter.
  await chmod(home, 0o755);
  const dataDir = join(home, 'pg');
  const open = () => startEmbedded({ dataDir, log: silentLog });
  let server = await open();
  const pidFile = join(dataDir, 'postmaster.pid');
  return {
    url: server.url,
    crash: async () => {
      const [pid = ''] = (await readFile(pidFile, 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      while (await accepts(Number(new URL(server.url).port))) await sleep(20);
    },
    startAgain: async () => {
      server = await open();
    },
    stop: async () => {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

const reached = (scenario: FaultScenario, state: string) =>
  until(async () => (await readEvents(scenario.knex)).some(({ to_state }) => to_state === state));

/** Asks while the database is away: the answer must not claim that anything was understood. */
async function askInVain(scenario: FaultScenario): Promise<void> {
  await scenario.slack.slash('U0ALICE', 'rollout restart deployment/ledger -n payments');
  const answer = scenario.slack.ephemerals('U0ALICE').at(-1);
  expect(answer?.text).not.toMatch(/Understood/);
}

test('PostgreSQL is cut off twice in the middle: everything acknowledged goes on', async () => {
  const server = await openServer();
  await onFaultScenario(
    async (scenario) => {
      await migrate(scenario.knex);
      const replica = await scenario.replica();
      const peer = await scenario.peer();
      await roads.human.begin(scenario, replica.port);
      await reached(scenario, 'waiting');
      await server.crash();
      await askInVain(scenario);
      await server.startAgain();
      const over = () => decideUntilOver(scenario, roads.human.approvers);
      const watched = over().catch(() => undefined);
      await reached(scenario, 'verifying');
      await server.crash();
      await askInVain(scenario);
      await server.startAgain();
      await watched;
      await over();
      await holds(scenario, roads.human);
      expect(replica.output()).not.toMatch(/unhandled|UnhandledPromise/i);
      expect(await replica.terminate()).toBe(0);
      expect(peer.running.port).toBeGreaterThan(0);
      expect((await readOperations(scenario.knex)).length).toBe(1);
    },
    { database: { url: server.url, drop: server.stop } },
  );
});

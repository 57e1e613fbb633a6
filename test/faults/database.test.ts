import { expect, test } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { openCrashingServer } from '../support/crashing-server.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { holds, onFaultScenario } from './kill.ts';
import { readEvents, readOperations } from './ledger.ts';
import { decideUntilOver, until } from './people.ts';
import { roads } from './roads.ts';

const reached = (scenario: FaultScenario, state: string) =>
  until(async () => (await readEvents(scenario.knex)).some(({ to_state }) => to_state === state));

/** Asks while the database is away: the answer must not claim that anything was understood. */
async function askInVain(scenario: FaultScenario): Promise<void> {
  await scenario.slack.slash('U0ALICE', 'rollout restart deployment/ledger -n payments');
  const answer = scenario.slack.ephemerals('U0ALICE').at(-1);
  expect(answer?.text).not.toMatch(/Understood/);
}

test('PostgreSQL is cut off twice in the middle: everything acknowledged goes on', async () => {
  const server = await openCrashingServer();
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

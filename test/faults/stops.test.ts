import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { FaultScenario, Peer } from './fault-scenario.ts';
import { onFaultScenario } from './kill.ts';
import { readRemediations } from './ledger.ts';
import { openCard, until } from './people.ts';
import { roads } from './roads.ts';

/* What was stopped stays so: for a process that stood still in front of its write, and over the end of every process. */

const say = ({ running }: Peer, text: string) =>
  running.commands.remediate({
    ...{ text, actor: { userId: 'U0BOB', teamId: 'T0HOME' } },
    requestKey: `${text} ${performance.now()}`,
  });
const written = ({ requests }: FaultScenario) =>
  requests.filter(({ changed, dryRun }) => changed && !dryRun).length;
const stateOf = async ({ knex }: FaultScenario) => (await readRemediations(knex))[0]?.state;

/** Clicks until it counts: a replica that is gone answers nobody. */
async function approve(scenario: FaultScenario): Promise<void> {
  await until(async () => {
    const [row] = await readRemediations(scenario.knex);
    const card = row === undefined ? undefined : openCard(scenario, row.id);
    if (row?.state !== 'waiting')
      return row !== undefined && row.state !== 'evaluated' && row.state !== 'requested';
    if (card === undefined) return false;
    const clicked = scenario.slack.click({ user: 'U0BOB', message: card, actionId: actionIds.approve });
    await Promise.race([clicked, sleep(3_000)]);
    return false;
  });
}

describe.concurrent('a stop', () => {
  test('holds for a replica that stood still right before its write', async () => {
    await onFaultScenario(
      async (scenario) => {
        const victim = await scenario.replica({ point: 'before-write', how: 'freeze' });
        await roads.human.begin(scenario, victim.port);
        const approved = approve(scenario);
        await victim.stopped();
        await approved;
        // One that takes the step over, as it may at once, begins with it when the stop has been told.
        const told = Promise.withResolvers<void>();
        const onPoint = (point: string) => (point === 'begin:executing' ? told.promise : undefined);
        const peer = await scenario.peer({ onPoint });
        expect(await say(peer, 'stop it goes wrong')).toMatchObject({
          title: expect.stringContaining('Stopped, on all replicas.'),
        });
        told.resolve();
        victim.wake();
        await until(async () => (await stateOf(scenario)) === 'failed');
        await sleep(1_000);
        expect(written(scenario)).toBe(0);
        const [row] = await scenario.knex('remediations').select('data');
        expect(row.data.failure).toContain('Nothing more is sent: Firebreak was stopped (it goes wrong).');
      },
      { isHurried: true },
    );
  });

  test('is kept over the end of all replicas, and what was approved goes on when it is over', async () => {
    await onFaultScenario(
      async (scenario) => {
        const first = await scenario.replica();
        await roads.human.begin(scenario, first.port);
        await until(async () => (await stateOf(scenario)) === 'waiting');
        const teller = await scenario.peer();
        await say(teller, 'stop the cluster is being moved');
        await Promise.all([first.kill(), teller.running.stop()]);
        const peer = await scenario.peer();
        await approve(scenario);
        await sleep(2_000);
        expect([await stateOf(scenario), written(scenario)]).toEqual(['approved', 0]);
        await say(peer, 'start it was moved');
        await until(async () => (await stateOf(scenario)) === 'succeeded');
        expect(written(scenario)).toBe(1);
      },
      { isHurried: true },
    );
  });
});

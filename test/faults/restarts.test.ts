import { expect, test } from 'vitest';
import type { Replica } from './child.ts';
import { holds, onFaultScenario, restartAt, takenOver } from './kill.ts';
import { readEvents, readOperations } from './ledger.ts';
import { decideUntilOver, until } from './people.ts';
import { roads } from './roads.ts';
import { fireAlerts } from './shop.ts';

test.concurrent.each([
  'worked:requested',
  'committed:evaluated',
  'after-vote',
  'after-write',
  'worked:verifying',
  'before-post',
  'after-post',
])('the only replica is killed at %s; the one started after it goes on', async (point) => {
  await restartAt(roads.human, { point, occurrence: 1 });
});

test.concurrent('both replicas are killed during verification', async () => {
  await onFaultScenario(async (scenario) => {
    const first = await scenario.replica({ point: 'begin:verifying', occurrence: 1 });
    const second = await scenario.replica({ point: 'begin:verifying', occurrence: 1 });
    await roads.human.begin(scenario, first.port);
    const over = decideUntilOver(scenario, roads.human.approvers);
    await Promise.race([first.halted, second.halted]);
    await Promise.all([first.kill(), second.kill()]);
    await scenario.peer();
    await over;
    await holds(scenario, roads.human);
  });
});

test.concurrent('a step that kills every process that takes it is given up after five of them', async () => {
  await onFaultScenario(async (scenario) => {
    const deaths = { count: 0 };
    const first = await scenario.replica({ point: 'before-write', how: 'die' });
    await roads.human.begin(scenario, first.port);
    let current: Replica | undefined = first;
    const over = decideUntilOver(scenario, roads.human.approvers).then(() => 'over' as const);
    for (;;) {
      if ((await Promise.race([over, current?.gone])) === 'over') break;
      deaths.count += 1;
      // One that takes the step before it is ready has no time to say so.
      current = await scenario.replica({ point: 'before-write', how: 'die' }).catch(() => undefined);
    }
    await holds(scenario, { ends: [['failed', null]] });
    expect(deaths.count).toBe(5);
    const [operation] = await readOperations(scenario.knex);
    expect(operation?.stderr).toMatch(/^Firebreak gave up: 5 of its processes died at this step\./);
    expect(scenario.requests.filter(({ changed }) => changed)).toEqual([]);
  });
});

test.concurrent('SIGTERM lets a replica end its steps, and another goes on', async () => {
  await onFaultScenario(async (scenario) => {
    const first = await scenario.replica();
    await roads.human.begin(scenario, first.port);
    const over = decideUntilOver(scenario, roads.human.approvers);
    await until(async () => (await readEvents(scenario.knex)).length > 4);
    const peer = await scenario.peer();
    expect(await first.terminate()).toBe(0);
    await over;
    await holds(scenario, roads.human);
    expect(peer.lines).not.toContain(takenOver);
  });
});

test.concurrent('a storm of kills over four alerts at once', async () => {
  const names = ['checkout', 'cart', 'search', 'stock'];
  await onFaultScenario(async (scenario) => {
    let victim = await scenario.replica();
    expect(await fireAlerts(scenario.site.cluster, victim.port, names)).toBe(200);
    const over = decideUntilOver(scenario, []);
    // Each victim is killed at a moment of its own choosing: whenever the next one is ready.
    for (let kills = 0; kills < 4; kills += 1) {
      const next = await scenario.replica();
      await victim.kill();
      victim = next;
    }
    await over;
    await holds(scenario, { ends: names.map(() => ['succeeded', 'verified'] as const) });
  });
});

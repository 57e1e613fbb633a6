import { expect, test } from 'vitest';
import { holds, onFaultScenario, restartAt, takenOver } from './kill.ts';
import { readEvents } from './ledger.ts';
import { decideUntilOver, until } from './people.ts';
import { roads } from './roads.ts';
import { fireAlerts } from './shop.ts';

test.concurrent.each([
  'worked:requested',
  'committed:evaluated',
  'begin:approved',
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

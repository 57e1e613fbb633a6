import { expect, test } from 'vitest';
import { holds, onScene, restartAt, takenOver } from './kill.ts';
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
  await onScene(async (scene) => {
    const first = await scene.replica({ point: 'begin:verifying', occurrence: 1 });
    const second = await scene.replica({ point: 'begin:verifying', occurrence: 1 });
    await roads.human.begin(scene, first.port);
    const over = decideUntilOver(scene, roads.human.approvers);
    await Promise.race([first.halted, second.halted]);
    await Promise.all([first.kill(), second.kill()]);
    await scene.peer();
    await over;
    await holds(scene, roads.human);
  });
});

test.concurrent('SIGTERM lets a replica end its steps, and another goes on', async () => {
  await onScene(async (scene) => {
    const first = await scene.replica();
    await roads.human.begin(scene, first.port);
    const over = decideUntilOver(scene, roads.human.approvers);
    await until(async () => (await readEvents(scene.knex)).length > 4);
    const peer = await scene.peer();
    expect(await first.terminate()).toBe(0);
    await over;
    await holds(scene, roads.human);
    expect(peer.lines).not.toContain(takenOver);
  });
});

test.concurrent('a storm of kills over four alerts at once', async () => {
  const names = ['checkout', 'cart', 'search', 'stock'];
  await onScene(async (scene) => {
    let victim = await scene.replica();
    expect(await fireAlerts(scene.site.cluster, victim.port, names)).toBe(200);
    const over = decideUntilOver(scene, []);
    // Each victim is killed at a moment of its own choosing: whenever the next one is ready.
    for (let kills = 0; kills < 4; kills += 1) {
      const next = await scene.replica();
      await victim.kill();
      victim = next;
    }
    await over;
    await holds(scene, { ends: names.map(() => ['succeeded', 'verified'] as const) });
  });
});

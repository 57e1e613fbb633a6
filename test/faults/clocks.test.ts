import { test } from 'vitest';
import { freezeAt, holds, onFaultScenario } from './kill.ts';
import { decideUntilOver } from './people.ts';
import { roads } from './roads.ts';

/** Twenty minutes lie between the two. */
const [slow, fast] = [-600, 600];

test.concurrent.each(['dual', 'drain'] as const)(
  'replicas whose clocks are ten minutes off, one each way: on the %s road each change is made once',
  async (name) => {
    const { besides, ...road } = roads[name];
    await onFaultScenario(
      async (scenario) => {
        const { port } = await scenario.replica(undefined, { skewSeconds: slow });
        await scenario.replica(undefined, { skewSeconds: fast });
        await road.begin(scenario, port);
        await decideUntilOver(scenario, road.approvers);
        await holds(scenario, road);
      },
      { isHurried: true, ...(besides && { besides }) },
    );
  },
);

test.concurrent('one whose clock is ahead stands still before it writes, and wakes: what it holds is told by the database', async () => {
  await freezeAt(roads.human, { point: 'before-write' }, { skewSeconds: fast });
});

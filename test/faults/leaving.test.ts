import { expect, test } from 'vitest';
import { onFaultScenario } from './kill.ts';
import { until } from './people.ts';

test('a replica that is told to go is not ready at once, and answers until that has got round', async () => {
  await onFaultScenario(async (scenario) => {
    const { running } = await scenario.peer();
    const at = (path: string) => `http://127.0.0.1:${running.port}${path}`;
    const status = async (path: string) => (await fetch(at(path))).status;
    await until(async () => (await status('/readyz')) === 200);
    let over = false;
    const left = running.leave().then(() => {
      over = true;
    });
    // What was sent before anybody knew comes now, and a little later.
    expect(await status('/readyz')).toBe(503);
    expect(await status('/healthz')).toBe(200);
    await scenario.slack.slash('U0ALICE', 'status');
    expect(scenario.slack.ephemerals('U0ALICE')).not.toEqual([]);
    expect(over).toBe(false);
    await left;
    await expect(fetch(at('/readyz'))).rejects.toThrow('fetch failed');
  });
});

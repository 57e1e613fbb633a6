import { expect, test } from 'vitest';
import type { FaultScenario } from './fault-scenario.ts';
import { onFaultScenario } from './kill.ts';
import { until } from './people.ts';

/** What a replica answers while it leaves, or undefined where it was gone before all of that was asked. */
async function leaving(scenario: FaultScenario) {
  const { running } = await scenario.peer();
  const at = (path: string) => `http://127.0.0.1:${running.port}${path}`;
  const status = async (path: string) => (await fetch(at(path))).status;
  await until(async () => (await status('/readyz')) === 200);
  let over = false;
  const left = running.leave().then(() => {
    over = true;
  });
  // What was sent before anybody knew comes now, and a little later.
  const asked = async () => {
    const [ready, healthy] = [await status('/readyz'), await status('/healthz')];
    await scenario.slack.slash('U0ALICE', 'status');
    return { ready, healthy, isTold: scenario.slack.ephemerals('U0ALICE').length > 0 };
  };
  const answered = await asked().catch((cause: unknown) => ({ cause }));
  const isInTime = !over;
  await left;
  await expect(fetch(at('/readyz'))).rejects.toThrow('fetch failed');
  return isInTime ? answered : undefined;
}

test('a replica that is told to go is not ready at once, and answers until that has got round', async () => {
  // On a busy machine one may be gone before it was asked: then the next is.
  for (let nth = 1; nth <= 20; nth += 1) {
    const seen: Awaited<ReturnType<typeof leaving>>[] = [];
    await onFaultScenario(async (scenario) => void seen.push(await leaving(scenario)));
    if (seen[0] === undefined) continue;
    expect(seen[0]).toEqual({ ready: 503, healthy: 200, isTold: true });
    return;
  }
  throw new Error('every replica was gone before it could be asked');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { alertToken } from '../faults/composition.ts';
import { type FaultScenario, openFaultScenario } from '../faults/fault-scenario.ts';

/*
 * One person types a thousand commands a minute and clicks without end, one source sends a hundred thousand alerts a minute:
 * everybody else is answered as if nothing were, and sees the card at once; who does it is told why not.
 */

/** How long each part is measured. Milliseconds. */
const time = 1_000 * Number(process.env['FIREBREAK_SECONDS'] ?? 30);

const ninetyNinth = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;

/** Somebody else at work: one command after the other, each for something that is not there. */
async function measure({ slack }: FaultScenario, name: string): Promise<readonly number[]> {
  const times: number[] = [];
  const end = performance.now() + time;
  for (let nth = 0; performance.now() < end; nth += 1) {
    const begun = performance.now();
    // A few each second, by several people, so that they stay below their own limit.
    await slack.slash(
      `U0ALICE`,
      nth % 40 === 0 ? `rollout restart deployment/${name}-${nth} -n shop` : 'status',
    );
    times.push(performance.now() - begun);
    await sleep(100);
  }
  return times;
}

/** Calls `act` at this rate until it is told to end, without waiting for what comes of it. */
function hammer(perSecond: number, act: (nth: number) => Promise<unknown>): () => Promise<number> {
  const running = new Set<Promise<unknown>>();
  let count = 0;
  const timer = setInterval(() => {
    if (running.size > 50) return;
    const acting: Promise<unknown> = act(count).catch(() => undefined);
    count += 1;
    running.add(acting);
    void acting.finally(() => running.delete(acting));
  }, 1000 / perSecond);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
    return count;
  };
}

const perBody = 100;

/** Alerts of one source that match no playbook, in bodies of a hundred. */
function alertsTo(port: number) {
  return (nth: number) => {
    const alerts = Array.from({ length: perBody }, (_, at) => ({
      status: 'firing',
      labels: { alertname: 'Noise', namespace: 'shop', pod: `noise-${(nth * perBody + at) % 5_000}` },
      annotations: {},
      startsAt: '2026-03-01T12:00:00.000Z',
      fingerprint: `noise-${(nth * perBody + at) % 5_000}`,
    }));
    return fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: '4', status: 'firing', alerts }),
    });
  };
}

test('who hammers keeps nobody else waiting', async () => {
  const scenario = await openFaultScenario();
  try {
    const { running } = await scenario.peer();
    const quiet = await measure(scenario, 'quiet');
    const stops = [
      hammer(1_000 / 60, (nth) =>
        scenario.slack.slash('U0CAROL', `rollout restart deployment/hammered-${nth} -n shop`),
      ),
      hammer(100_000 / 60 / perBody, alertsTo(running.port)),
    ];
    const hammered = await measure(scenario, 'loud');
    const counts = await Promise.all(stops.map((stop) => stop()));
    const refused = scenario.slack
      .ephemerals('U0CAROL')
      .filter(({ text }) => text.includes('within a minute')).length;
    const logged = await scenario.knex.raw(
      "select count(*)::int as n from automation_operation_log where detail like '%within a minute%'",
    );
    const figures = {
      quiet: Math.round(ninetyNinth(quiet)),
      hammered: Math.round(ninetyNinth(hammered)),
      longest: Math.round(Math.max(...hammered)),
      commands: counts[0],
      alerts: (counts[1] ?? 0) * perBody,
      refused,
      logged: logged.rows[0].n,
    };
    console.log(figures);
    expect(figures.longest).toBeLessThan(3_000);
    expect(refused).toBeGreaterThan((counts[0] ?? 0) - 130);
    expect(figures.logged).toBeGreaterThan(0);
    expect(figures.logged).toBeLessThan(5);
  } finally {
    await scenario.close();
  }
});

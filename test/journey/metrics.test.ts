import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';
import { openPlay, type Play } from './play.ts';

let cluster: SimulatedCluster;
let play: Play;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 6 });
  for (const name of ['shop', 'payments']) {
    cluster.apply(namespace(name));
    cluster.apply(deployment({ name: 'web', namespace: name, replicas: 2, image: 'registry.example/web:1' }));
  }
  await untilFull(cluster.url, 2);
  play = await openPlay({
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: ['payments'], protected: [] },
  });
});

afterAll(async () => {
  await play?.close();
  await cluster?.stop();
});

/** What a scrape tells, without Node's own. */
async function scraped(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${play.running.port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('firebreak_'))
    .join('\n');
}

test('what was done, what waits and what was refused is counted', async () => {
  const verified = await play.ask('U0ALICE', 'rollout restart deployment/web -n shop');
  await play.card(verified, 'Verified');
  const waiting = await play.ask('U0ALICE', 'rollout restart deployment/web -n payments');
  const card = await play.card(waiting, 'Approval needed');
  await play.click('U0ALICE', card, 'approve');
  await play.alert([{ status: 'firing', labels: { alertname: 'Odd' }, startsAt: '2026-01-01T00:00:00Z' }]);
  const refused = await fetch(`http://127.0.0.1:${play.running.port}/webhooks/alertmanager`, {
    method: 'POST',
  });
  expect(refused.status).toBe(401);

  const told = await scraped();
  for (const line of [
    'firebreak_verdicts_total{verb="rollout restart",result="verified"} 1',
    'firebreak_moves_total{from="verifying",to="learning"} 1',
    'firebreak_votes_total{answer="refused"} 1',
    'firebreak_remediations{state="waiting"} 1',
    'firebreak_kubernetes_writes_total{kind="patch",outcome="applied"} 1',
    'firebreak_alerts_total{result="opened"} 1',
    'firebreak_http_requests_total{path="/webhooks/alertmanager",status="401"} 1',
    'firebreak_slack_connected 1',
    'firebreak_outbox_failed_messages 0',
    'firebreak_redacted_messages_total 0',
  ])
    expect(told).toContain(line);
  expect(told).toMatch(/^firebreak_step_duration_seconds_count\{step="step",outcome="done"\} \d+$/m);
  expect(told).toMatch(
    /^firebreak_slack_delivery_duration_seconds_count\{call="post",outcome="sent"\} \d+$/m,
  );
  expect(told).toMatch(/^firebreak_slack_round_trip_seconds \d+(\.\d+)?$/m);
  expect(told).toMatch(/^firebreak_audit_head_age_seconds \d/m);
});

test('no name of a person or of an object is told', async () => {
  const told = await scraped();
  for (const name of ['U0ALICE', 'payments', 'shop', 'web', 'Odd'])
    expect(told).not.toMatch(RegExp(`\\b${name}\\b`));
});

test('/status tells how it stands', async () => {
  const ask = (path: string) => fetch(`http://127.0.0.1:${play.running.port}${path}`);
  expect(await (await ask('/status')).json()).toMatchObject({
    ready: true,
    problems: [],
    cluster: 'sandbox',
    slack: { connected: true },
    loops: { queue: { secondsAgo: expect.any(Number) }, outbox: { secondsAgo: expect.any(Number) } },
    standing: { remediations: { waiting: { count: 1 } }, failedMessages: 0 },
  });
  expect((await ask('/healthz')).status).toBe(200);
  const ready = await ask('/readyz');
  expect([ready.status, await ready.text()]).toEqual([200, 'ready\n']);
});

import { expect, test } from 'vitest';
import { holds, onFaultScenario } from './kill.ts';
import { readVerdicts } from './ledger.ts';
import { decideUntilOver, until } from './people.ts';
import { roads } from './roads.ts';

test.concurrent.each([
  ['a 503 after the post was taken', { kind: 'status', status: 503, accept: true }],
  ['a 503 before the post was taken', { kind: 'status', status: 503, accept: false }],
  ['a connection reset after the post was taken', { kind: 'reset', accept: true }],
  ['a rate limit', { kind: 'rate_limited', retryAfter: 2 }],
] as const)('%s: one card, one thread', async (_name, fault) => {
  await onFaultScenario(async (scenario) => {
    const peer = await scenario.peer();
    scenario.slack.fail('chat.postMessage', fault, 2);
    await roads.alert.begin(scenario, peer.running.port);
    await decideUntilOver(scenario, []);
    await holds(scenario, roads.alert);
  });
});

test.concurrent('Slack is away: the outcome does not wait for it, the thread is complete afterwards', async () => {
  await onFaultScenario(async (scenario) => {
    const peer = await scenario.peer();
    // Until it is forgiven: however often a replica tries before the verdict is there.
    for (const method of ['chat.postMessage', 'conversations.history'])
      scenario.slack.fail(method, { kind: 'status', status: 503, accept: false }, 1_000);
    await roads.alert.begin(scenario, peer.running.port);
    await until(async () => (await readVerdicts(scenario.knex)).length === 1);
    expect(scenario.slack.messages()).toEqual([]);
    scenario.slack.forgive();
    await decideUntilOver(scenario, []);
    await holds(scenario, roads.alert);
  });
});

test('Slack takes the token for a wrong one for a while: the same process is connected again', {
  timeout: 120_000,
}, async () => {
  await onFaultScenario(async (scenario) => {
    const replica = await scenario.replica();
    scenario.slack.fail('apps.connections.open', { kind: 'error', error: 'invalid_auth' }, 3);
    scenario.slack.refreshSockets();
    await until(async () => scenario.slack.sockets() === 0);
    await Promise.race([
      until(async () => scenario.slack.sockets() === 1),
      replica.gone.then(() => Promise.reject(new Error(replica.output()))),
    ]);
    expect((await scenario.slack.slash('U0ALICE', 'status')).kind).toBe('acked');
  });
});

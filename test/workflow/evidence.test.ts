import { expect, test } from 'vitest';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import { play, type ScriptStep } from '../fixtures/script.ts';
import type { World } from '../fixtures/world.ts';

const restart = playbook.parse({
  version: 1,
  name: 'restart',
  description: 'Restart what starves.',
  match: { labels: { alertname: 'Starving' } },
  action: 'rollout restart deployment/{{name}} -n {{namespace}}',
});
const starving: ScriptStep = {
  do: 'alert',
  labels: { alertname: 'Starving', namespace: 'shop', deployment: 'web' },
};

/** What is told of what was seen when an alert about an unhealthy Deployment arrives. */
async function seen(world: Partial<World>, steps: readonly ScriptStep[] = [starving, { do: 'settle' }]) {
  const options = { playbooks: [restart], world: { ready: 2, ...world } };
  const rig = await play({ name: 'seen', options, steps, ends: [] });
  const { messages, evidence } = rig.now().shelf;
  const told = messages.flatMap(({ notice }) =>
    notice.kind === 'reply' && notice.headline.startsWith('Seen at ') ? [notice] : [],
  );
  return { told, evidence };
}

test('an alert that leads to something is told with what was seen, without secrets', async () => {
  const { told, evidence } = await seen({ log: 'token=ghp_0123456789abcdefghijABCDEFGHIJ012345 refused' });
  expect(told).toMatchObject([
    { headline: 'Seen at 12:00 UTC', body: '1 of 3 pods are not ready: CrashLoopBackOff.' },
  ]);
  expect(told[0]?.preformatted).toContain('refused');
  expect(JSON.stringify([told, evidence])).not.toContain('ghp_0123456789');
  expect(evidence).toHaveLength(1);
});

test('a cluster that says nothing of it costs nothing but the evidence', async () => {
  const { told } = await seen({ silent: ['evidence'], failing: -1 });
  expect(told).toMatchObject([{ body: expect.stringMatching(/^Not seen: /) }]);
});

test('a person who asks has looked', async () => {
  const ask = { do: 'ask', text: 'rollout restart deploy/web -n shop' } as const;
  expect((await seen({}, [ask, { do: 'settle' }])).told).toEqual([]);
});

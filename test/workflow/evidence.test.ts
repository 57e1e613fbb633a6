import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Request } from '../../src/domain/action.ts';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { evidenceOnArrival } from '../../src/workflow/intake/evidence.ts';
import type { GatheredMembers } from '../../src/workflow/lifecycle/members.ts';
import { deploymentFacts, noon, restartOf } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig } from '../fixtures/rig.ts';
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

const snapshot = { uid: 'uid', takenAt: noon, object: {} };

describe('of several objects', () => {
  const restartAll = (names: string[]): Request => ({
    verb: 'rollout restart',
    target: { kind: 'Deployment', namespace: 'shop', names },
  });

  /** What is kept of a command for these objects; the cluster says of each what it is called. */
  async function kept(action: Request, facts: Promise<GatheredMembers>) {
    const { context } = createRig();
    const looked: string[] = [];
    const evidence: WorkflowContext['cluster']['evidence'] = async (target, signal) => {
      looked.push(target.name);
      if (target.name === 'slow') await once(signal, 'abort');
      return {
        pods: ['No pod is ready.'],
        images: [],
        changes: [],
        story: `dies of ${target.name}`,
        missing: [],
      };
    };
    const row = remediationIn('requested');
    if (row.state !== 'requested') throw new Error('it is new');
    const asked = { ...row, action };
    const found = await evidenceOnArrival(
      { ...context, cluster: { ...context.cluster, evidence } },
      asked,
      facts,
      AbortSignal.timeout(10_000),
    );
    return { found, looked };
  }
  const nobody = Promise.resolve({ kind: 'denied', reason: 'no' } as const);

  test('each is looked at, and said by its name', async () => {
    const { found } = await kept(restartAll(['web', 'api']), nobody);
    expect(found).toMatchObject({
      pods: ['Deployment/web: No pod is ready.', 'Deployment/api: No pod is ready.'],
      story: 'Deployment/web\ndies of web\n\nDeployment/api\ndies of api',
      missing: [],
    });
  });

  test('no more than five are, and it is said how many are left out', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `web-${index}`);
    const { found, looked } = await kept(restartAll(names), nobody);
    expect(looked).toHaveLength(5);
    expect(found).toMatchObject({ missing: ['7 more of the 12 objects: 5 are looked at'] });
  });

  test('one that does not answer holds up neither the others nor the proposal', async () => {
    const { found } = await kept(restartAll(['web', 'slow']), nobody);
    expect(found).toMatchObject({
      pods: ['Deployment/web: No pod is ready.'],
      missing: ['Deployment/slow: no answer in time'],
    });
  });

  test('those of a selector are looked at once they are known', async () => {
    const action: Request = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: 'shop', selector: 'app=web' },
    };
    const member = { action: restartOf(), facts: deploymentFacts(), snapshot };
    const { found } = await kept(action, Promise.resolve({ kind: 'members', members: [member] }));
    expect(found).toMatchObject({ pods: ['Deployment/web: No pod is ready.'] });
    expect((await kept(action, nobody)).found).toBeUndefined();
  });
});

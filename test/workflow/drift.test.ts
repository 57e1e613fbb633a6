import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { memoryRepositories } from '../fixtures/memory-repositories.ts';
import { putWake } from '../fixtures/memory-store.ts';
import type { Rig, RigOptions } from '../fixtures/rig.ts';
import { play, playStep } from '../fixtures/script.ts';
import { alerting } from '../fixtures/scripts/alerting.ts';
import type { World } from '../fixtures/world.ts';

type Drifted = World['drifted'][number];

const undone: Drifted = {
  object: 'Deployment web in namespace shop',
  field: 'spec.replicas',
  verified: '5',
  now: '3',
  by: { manager: 'argocd-controller', at: '2026-03-01T12:01:00Z' },
  isBack: true,
};
const replaced: Drifted = { ...undone, now: '7', by: { manager: 'kubectl-edit' }, isBack: false };

/** Five replicas that a person asked for, verified. */
const scaled = (options: RigOptions = {}) =>
  play({
    name: 'scaled',
    options,
    steps: [{ do: 'ask', text: 'scale deployment/web --replicas=5 -n shop' }],
    ends: [],
  });

async function drifting(rig: Rig, drifted: readonly Drifted[], seconds = 65) {
  rig.now().world.drifted = [...drifted];
  await rig.pass(seconds);
  return told(rig);
}

const told = (rig: Rig) =>
  rig
    .now()
    .shelf.messages.flatMap(({ key, notice }) =>
      key.startsWith('reply:drift:') && notice.kind === 'reply' ? [notice] : [],
    );

test('a look that kills its process again and again ends the watch, loudly and once', async () => {
  const rig = await scaled();
  const { id } = rig.row(1);
  const { shelf } = rig.now();
  const wake = { kind: 'drift', id, version: shelf.watches[id]?.looks ?? 0, deaths: 5 } as const;
  for (let time = 0; time < 2; time += 1) {
    putWake({ shelf: () => shelf, clock: rig.context.clock, newId: rig.context.newId }, wake, 0);
    const claim = { queue: 'wake', jobId: String(shelf.jobsMade), attempt: 0 };
    await handleWake(rig.context, wake, claim, new AbortController().signal);
  }
  expect(told(rig)).toMatchObject([
    {
      headline: 'Not watched for drift any more',
      body: expect.stringContaining('5 of its processes died'),
      broadcast: true,
    },
  ]);
  expect(await drifting(rig, [undone])).toHaveLength(1);
});

describe('after a change was verified', () => {
  test('what drifted is told once, field by field, with who it was and a button', async () => {
    const rig = await scaled();
    expect(await drifting(rig, [undone], 3 * 3600)).toEqual([
      {
        kind: 'reply',
        headline: 'Drifted, undone by Argo CD (argocd-controller)',
        body: [
          'Deployment web in namespace shop: spec.replicas: 5 -> 3, by Argo CD (argocd-controller) at 12:01 UTC',
          'It is as it was before the change: the fix is undone.',
        ].join('\n'),
        offers: [{ label: 'Put it back', command: expect.stringMatching(/scale .*web.*5/) }],
        broadcast: true,
      },
    ]);
    expect(rig.now().shelf.looks[rig.row(1).id]?.result).toBe('undone');
    expect(rig.now().shelf.log.at(-1)?.requestKey).toMatch(/^drift:/);
  });

  test('another drift is told anew, and the same again after it was put right', async () => {
    const rig = await scaled();
    await drifting(rig, [undone]);
    await drifting(rig, [replaced], 200);
    await drifting(rig, [], 600);
    const all = await drifting(rig, [undone], 1200);
    expect(all.map(({ headline, broadcast }) => [headline, broadcast])).toEqual([
      ['Drifted, undone by Argo CD (argocd-controller)', true],
      ['Drifted, changed by a person (kubectl-edit)', false],
      ['Drifted, undone by Argo CD (argocd-controller)', true],
    ]);
  });

  test.each<[string, Drifted[]]>([
    ['nothing that drifted', []],
    [
      'replicas that an autoscaler moved',
      [{ ...replaced, by: { manager: 'kube-controller-manager', subresource: 'scale' } }],
    ],
  ])('%s is not told, and has lasted', async (_name, drifted) => {
    const rig = await scaled();
    expect(await drifting(rig, drifted, 5 * 3600)).toEqual([]);
    expect(rig.now().shelf.looks[rig.row(1).id]?.result).toBe('lasted');
  });

  test('there are few looks, and none when the time is over', async () => {
    const rig = await scaled();
    await drifting(rig, [], 30 * 3600);
    const { id } = rig.row(1);
    const { looks, over } = rig.now().shelf.watches[id] ?? {};
    expect(over).toBe(true);
    expect(looks).toBeLessThan(17);
    expect(rig.now().shelf.jobs.filter(({ wake }) => wake.kind === 'drift')).toEqual([]);
  });

  test('a policy may have none', async () => {
    const none = policy.parse({ version: 1, driftHours: 0, approvers: { human: { users: ['U0ANN'] } } });
    const rig = await scaled({ policy: () => none });
    expect(await drifting(rig, [undone], 3600)).toEqual([]);
  });

  test('what cannot be seen is no drift, and is looked at again', async () => {
    const rig = await scaled();
    Object.assign(rig.now().world, { silent: ['observe'], failing: 2 });
    expect(await drifting(rig, [undone], 90)).toEqual([]);
    expect(await drifting(rig, [undone], 600)).toHaveLength(1);
  });

  test('whoever left no name is told plainly', async () => {
    const rig = await scaled();
    const { by: _by, ...nameless } = replaced;
    const told = await drifting(rig, [nameless]);
    expect(told.map(({ headline }) => headline)).toEqual(['Drifted, changed by a writer that left no name']);
  });

  test('what is told survives a restart at each step', async () => {
    const stops = new Set(['begin:drift', 'worked:drift']);
    const probe = async (point: string) => {
      if (!stops.delete(point)) return;
      throw Object.assign(new Error('The process is gone.'), { name: 'Stopped' });
    };
    const rig = await scaled({ probe });
    rig.reload();
    expect(await drifting(rig, [undone], 600)).toHaveLength(1);
    expect(stops.size).toBe(0);
  });

  test('a later remediation is no drift; under its name nobody else is believed', async () => {
    const rig = await scaled();
    const first = rig.row(1).id;
    const forged = `firebreak/${rig.context.newId()}`;
    const all = await drifting(rig, [{ ...replaced, by: { manager: forged } }]);
    expect(all.map(({ headline }) => headline)).toEqual([`Drifted, changed by another writer (${forged})`]);
    await rig.commands.remediate({
      text: 'scale deployment/web --replicas=7 -n shop',
      actor: { userId: 'U0ASK', teamId: 'T0' },
      requestKey: 'again',
    });
    await rig.settle();
    await playStep(rig, { do: 'approve', by: 'U0ANN', on: 2 });
    await rig.settle();
    expect(rig.row(2).state).toBe('succeeded');
    expect(
      await drifting(rig, [{ ...replaced, by: { manager: `firebreak/${rig.row(2).id}` } }], 7200),
    ).toHaveLength(1);
    expect(rig.now().shelf.watches[first]?.over).toBe(true);
  });

  test('where a repository has a say the button is the pull request', async () => {
    const source = {
      kind: 'git',
      owner: { kind: 'Application', namespace: 'argocd', name: 'shop' },
      repository: 'https://git.example/shop',
      revision: { kind: 'branch', name: 'main' },
      path: 'apps',
      recurse: false,
      overrides: [],
      selfHeal: true,
    } as const;
    const users = ['U0ANN', 'U0BEN'];
    const gitPolicy = policy.parse({
      version: 1,
      gitOps: { hosts: [{ host: 'git.example', kind: 'github' }] },
      approvers: { human: { users }, dual: { users } },
    });
    const repositories = Object.assign(memoryRepositories(), {
      proposes: { kind: 'by hand', reason: 'An anchor.' },
    });
    const rig = await play({
      name: 'by hand first',
      options: {
        policy: () => gitPolicy,
        repositories,
        world: { argoCd: true, around: { source: { ...source, overrides: [] } } },
      },
      steps: [
        { do: 'ask', text: 'scale deployment/web --replicas=5 -n shop' },
        { do: 'settle' },
        { do: 'approve', by: 'U0ANN' },
      ],
      ends: [],
    });
    expect(rig.row(1).state).toBe('succeeded');
    const [notice] = await drifting(rig, [undone]);
    expect(notice?.offers?.map(({ label }) => label)).toEqual(['Make it last: pull request']);
  });

  test('trust that a playbook had for it is gone at once, even after it had lasted', async () => {
    const restarted = alerting.find(({ name }) => /its owner is restarted/.test(name));
    if (restarted === undefined) throw new Error('there is no such script');
    const rig = await play(restarted);
    await rig.pass(5 * 3600);
    expect(rig.now().shelf.outcomes.map(({ result }) => result)).toEqual(['lasted']);
    await drifting(rig, [{ ...undone, field: 'restartedAt' }], 5 * 3600);
    expect(rig.now().shelf.outcomes.map(({ result }) => result)).toEqual(['undone']);
  });
});

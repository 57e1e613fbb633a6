import { describe, expect, test } from 'vitest';
import { emergencyText } from '../../src/stages/show/emergency.ts';
import { actNow, offerToActNow } from '../../src/workflow/lasting/act-now.ts';
import { noon } from '../fixtures/facts.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import type { RigOptions } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';
import { forAnother } from '../fixtures/world-afterwards.ts';
import {
  asked,
  changes,
  digestOf,
  gitPolicy,
  inTwo,
  left,
  merged,
  now,
  replies,
  type Stage,
} from './emergency-stage.ts';

test('two people, the change at once, the request after it, the pause around both', async () => {
  const stage = await asked();
  const first = digestOf(stage);
  expect(await now(stage, { pause: true })).toMatchObject({ kind: 'recorded' });
  const { rig, repositories } = stage;
  expect(rig.row(1)).toMatchObject({ state: 'waiting', spec: { tier: 'dual' } });
  expect(digestOf(stage)).not.toBe(first);
  await inTwo(stage);
  expect(rig.now().world).toMatchObject({ replicas: 5, pausedUntil: '2026-03-01T12:30:00.000Z' });
  expect(changes(stage)).toEqual(['applications', 'deployments']);
  await rig.pass(20);
  expect(rig.row(1)).toMatchObject({ state: 'succeeded', verdict: { result: 'verified' } });
  expect(left(stage)?.aftermath.request).toMatchObject({ step: 'open', number: 7 });
  expect(repositories.opened[0]?.body).toContain('The cluster has it already: Checkout is down.');
  repositories.standing = merged;
  Object.assign(rig.now().world, { applied: [commits.later] });
  await rig.pass(60);
  expect(left(stage)).toMatchObject({
    aftermath: { request: { step: 'ended', applied: true }, pause: { step: 'ended' } },
  });
  expect(left(stage)?.dueAt).toBeUndefined();
  expect(rig.now().world.pausedUntil).toBeNull();
  expect(replies(stage)).toEqual([
    'To be done now, before the pull request, if two people approve. Asked by',
    'Approved, 1 of 2, by',
    'Approved by',
    'Paused the automatic sync of Application argocd/shop until 12:30 UTC at the latest',
    'Executed',
    'Opened pull request #7, which makes it last',
    'Verified',
    'Merged as cccccccccccc',
    'It lasts',
    'Pause over',
  ]);
});

test('at GitLab it is a merge request before there is one', async () => {
  const hosts = [{ host: 'git.example', kind: 'gitlab' as const, autoMerge: false }];
  const gitlab = { ...gitPolicy, gitOps: { ...gitPolicy.gitOps, hosts } };
  const stage = await asked({ policy: () => gitlab }, { opens: { kind: 'refused', reason: 'No.' } });
  const { rig } = stage;
  const wanted = { remediationId: rig.row(1).id, actor: { userId: 'U0ANN', teamId: 'T0' } };
  expect(await offerToActNow(rig.context, wanted)).toMatchObject({ request: 'merge request' });
  await now(stage);
  await inTwo(stage, 20);
  expect(replies(stage)).toEqual(
    expect.arrayContaining([
      'To be done now, before the merge request, if two people approve. Asked by',
      'No merge request',
    ]),
  );
  const row = rig.row(1);
  expect('git' in row && emergencyText(row)).toContain('then the merge request is opened.');
  expect(await offerToActNow(rig.context, wanted)).toEqual({
    kind: 'refused',
    sentence:
      'Remediation 1 does not wait for people any more: it is too late to act before its merge request.',
  });
});

test('one person is not enough, and votes from before do not count', async () => {
  const stage = await asked();
  const first = digestOf(stage);
  await now(stage);
  const { rig } = stage;
  expect(await playStep(rig, { do: 'approve', by: 'U0ANN', digest: first })).toBe('refused');
  await playStep(rig, { do: 'approve', by: 'U0ANN' });
  await rig.pass(10);
  expect(rig.row(1).state).toBe('waiting');
  expect(changes(stage)).toEqual([]);
  expect(await playStep(rig, { do: 'approve', by: 'U0ANN' })).toBe('refused');
  await playStep(rig, { do: 'approve', by: 'U0BEN' });
  await rig.pass(10);
  expect(changes(stage)).toEqual(['deployments']);
});

describe('is refused', () => {
  test.each<[string, Parameters<typeof now>[1], RegExp]>([
    ['to whoever may neither ask nor approve', { by: 'U0EVE' }, /./],
    ['without a reason', { reason: ' ​ ' }, /why this cannot wait/],
    ['on an older card', { digest: 'e'.repeat(64) }, /older plan/],
  ])('%s', async (_name, more, sentence) => {
    const stage = await asked();
    expect(await now(stage, more)).toMatchObject({
      kind: 'refused',
      sentence: expect.stringMatching(sentence),
    });
    expect(stage.rig.row(1)).not.toHaveProperty('emergency');
  });

  test('twice, and where no request would carry it out', async () => {
    const stage = await asked();
    await now(stage);
    expect(await now(stage)).toMatchObject({ sentence: expect.stringMatching(/asked for already/) });
    const plain = await asked({}, { proposes: { kind: 'by hand', reason: 'An anchor.' } });
    expect(await now(plain)).toMatchObject({ sentence: expect.stringMatching(/No pull request/) });
  });

  test.each<[string, RigOptions, RegExp]>([
    ['nobody can pause', { world: { unpausable: 'It does not sync by itself.' } }, /does not sync by itself/],
    ['the API server would refuse it', { world: {} }, /cannot be paused: .*deploy\/overlays\/sync-pause/],
  ])('with a pause that %s', async (_name, more, sentence) => {
    const stage = await asked(more);
    stage.rig.now().world.dryRunRefused = 'applications.argoproj.io is forbidden.';
    expect(await now(stage, { pause: true })).toMatchObject({
      kind: 'refused',
      sentence: expect.stringMatching(sentence),
    });
    expect(await now(stage)).toMatchObject({ kind: 'recorded' });
  });
});

test('the pause ends at its time, whoever merges what', async () => {
  const stage = await asked();
  await now(stage, { pause: true });
  await inTwo(stage, 29 * 60);
  expect(stage.rig.now().world.pausedUntil).not.toBeNull();
  await stage.rig.pass(120);
  expect(stage.rig.now().world.pausedUntil).toBeNull();
  expect(left(stage)?.aftermath.request.step).toBe('open');
  await stage.rig.pass(4 * 3600);
  expect(left(stage)?.aftermath.request).toMatchObject({
    step: 'ended',
    sentence: expect.stringContaining('the next sync undoes it'),
  });
  expect(left(stage)?.dueAt).toBeUndefined();
});

test('a pause that somebody else has touched is theirs, and that is told', async () => {
  const stage = await asked();
  await now(stage, { pause: true });
  await inTwo(stage);
  stage.rig.now().world.pausedUntil = 'of somebody else';
  await stage.rig.pass(31 * 60);
  expect(stage.rig.now().world.pausedUntil).toBe('of somebody else');
  expect(replies(stage)).toContain('Look at the pause');
});

describe('what is offered before anybody asks', () => {
  const offer = ({ rig }: Stage, by = 'U0ANN', id = rig.row(1).id, context = rig.context) =>
    offerToActNow(context, { remediationId: id, actor: { userId: by, teamId: 'T0' } });

  test('is the card as it stands, what undoes it until then, and the pause that the policy allows', async () => {
    const stage = await asked();
    expect(await offer(stage)).toEqual({
      kind: 'offered',
      number: 1,
      digest: digestOf(stage),
      warning: 'Application argocd/shop undoes it within about 5 s (self-heal), unless it is paused.',
      request: 'pull request',
      pause: 'Pause the automatic sync of Application argocd/shop for 30 min',
    });
    const { context } = stage.rig;
    const never = { ...context.policy(), gitOps: { ...context.policy().gitOps, pauseMinutes: 0 } };
    expect(await offer(stage, 'U0ANN', undefined, { ...context, policy: () => never })).not.toHaveProperty(
      'pause',
    );
  });

  test('brings the reason along that was given before, where it is asked anew', async () => {
    const stage = await asked();
    const { id: remediation } = stage.rig.row(1);
    const reason = 'the shop is down (from remediation 7)';
    Object.assign(stage.rig.row(1), { reason });
    expect(await offer(stage)).not.toHaveProperty('reason');
    Object.assign(stage.rig.row(1), { anew: [{ remediation, number: 7, ended: 'expired', at: noon }] });
    expect(await offer(stage)).toMatchObject({ reason });
  });

  test('is nothing to whoever may neither ask nor approve, and that is written down', async () => {
    const stage = await asked();
    const before = stage.rig.now().shelf.log.length;
    expect(await offer(stage, 'U0EVE')).toMatchObject({ kind: 'refused' });
    expect(stage.rig.now().shelf.log.slice(before)).toMatchObject([{ command: 'act now on remediation 1' }]);
    expect(await now(stage, { by: 'U0EVE' })).toMatchObject({ kind: 'refused' });
    expect(stage.rig.now().shelf.log.slice(before + 1)).toMatchObject([
      { command: 'act now on remediation 1' },
    ]);
  });

  test('is nothing of a card that is not known, that has been answered, or that no request would carry out', async () => {
    const stage = await asked();
    expect(await offer(stage, 'U0ANN', 'gone')).toMatchObject({
      kind: 'refused',
      sentence: expect.stringMatching(/belongs to no remediation/),
    });
    await playStep(stage.rig, { do: 'reject', by: 'U0ANN' });
    const late = { kind: 'refused', sentence: expect.stringMatching(/too late to act before/) };
    expect(await offer(stage)).toMatchObject(late);
    expect(await now(stage)).toMatchObject(late);
    const plain = await asked({}, { proposes: { kind: 'by hand', reason: 'An anchor.' } });
    expect(await offer(plain)).toMatchObject({ sentence: expect.stringMatching(/No pull request/) });
  });
});

test('what has expired is not acted on, though its end has not come yet', async () => {
  const stage = await asked();
  const { rig } = stage;
  const row = rig.row(1);
  if (row.state !== 'waiting') throw new Error('it does not wait');
  const late = { ...rig.context, clock: () => row.expiresAt };
  const actor = { userId: 'U0ANN', teamId: 'T0' };
  const sentence = expect.stringContaining('It expired at');
  const wanted = { remediationId: row.id, digest: digestOf(stage), actor, reason: 'Down.', pause: false };
  expect(await actNow(late, wanted)).toMatchObject({ kind: 'refused', sentence });
  expect(await offerToActNow(late, wanted)).toMatchObject({ kind: 'refused', sentence });
  expect(rig.row(1)).not.toHaveProperty('emergency');
});

test('what is refused at the write leaves no pause and opens nothing', async () => {
  const stage = await asked();
  await now(stage, { pause: true });
  stage.rig.now().world.applyRefused = 'A webhook says no.';
  await inTwo(stage, 60);
  expect(stage.rig.row(1).state).toBe('failed');
  expect(stage.rig.now().world.pausedUntil).toBeNull();
  expect(stage.repositories.opened).toEqual([]);
  expect(left(stage)).toMatchObject({
    aftermath: { request: { sentence: expect.stringContaining('Nothing was changed') } },
  });
});

test.each([['the commit'], ['a death']])(
  'between the pause and the change lies %s: all conditions are asked once more, and the pause ends',
  async (between) => {
    let isPaused = false;
    const probe = async (point: string) => {
      if (point !== 'after-write' || isPaused) return;
      isPaused = true;
      stage.rig.now().world.ready = 0;
      if (between === 'a death') throw Object.assign(new Error('It is gone.'), { name: 'Stopped' });
    };
    const stage: Stage = await asked({ probe, between: (rig) => rig.reload() }, {}, 2);
    await now(stage, { pause: true });
    await inTwo(stage, 60);
    expect(changes(stage)).toEqual(['applications', 'applications']);
    expect(stage.rig.row(1)).toMatchObject({ state: 'failed' });
    expect(stage.rig.row(1)).not.toHaveProperty('verdict');
    expect(stage.rig.now().world.pausedUntil).toBeNull();
    expect(stage.repositories.opened).toEqual([]);
  },
);

test('a pause that another emergency was quicker with is joined', async () => {
  let writes = 0;
  const probe = async (point: string) => {
    if (point !== 'before-write') return;
    writes += 1;
    if (writes === 1) stage.rig.now().world.pausedUntil = forAnother;
  };
  const stage: Stage = await asked({ probe });
  await now(stage, { pause: true });
  await inTwo(stage, 60);
  expect(stage.rig.now().world.pausedUntil).toBe(`${forAnother}, 2026-03-01T12:30:00.000Z`);
  expect(changes(stage)).toEqual(['applications', 'deployments']);
  expect(stage.rig.row(1)).toMatchObject({ state: 'succeeded' });
  expect(replies(stage).filter((each) => each.startsWith('Paused'))).toHaveLength(1);
});

test('while Firebreak is stopped neither is the request opened nor the pause ended', async () => {
  const stage = await asked({
    probe: async (point) => {
      if (point !== 'begin:aftermath') return;
      stage.rig.now().shelf.stop ??= { number: 1, at: stage.rig.now().now, by: 'U0ANN', reason: 'Wait.' };
    },
  });
  await now(stage, { pause: true });
  await inTwo(stage, 3600);
  expect(stage.repositories.opened).toEqual([]);
  expect(stage.rig.now().world.pausedUntil).not.toBeNull();
});

test.each([
  ...['before-write', 'after-write', 'before-write#2', 'after-write#2', 'committed:executing'],
  ...['before-request', 'after-request', 'worked:aftermath', 'committed:aftermath'],
  ...['before-pause-end', 'after-pause-end', 'worked:aftermath#3'],
])('stopped at %s, everything happens once', async (halt) => {
  const [point, times = '1'] = halt.split('#');
  let seen = 0;
  const probe = async (at: string) => {
    if (at !== point) return;
    seen += 1;
    if (seen !== Number(times)) return;
    throw Object.assign(new Error('The process is gone.'), { name: 'Stopped' });
  };
  const stage = await asked({ probe, between: (rig) => rig.reload() });
  await now(stage, { pause: true });
  await inTwo(stage, 60);
  stage.repositories.standing = merged;
  Object.assign(stage.rig.now().world, { applied: [commits.merged] });
  await stage.rig.pass(600);
  expect(seen).toBeGreaterThanOrEqual(Number(times));
  expect(stage.rig.row(1).state).toBe('succeeded');
  expect(changes(stage)).toEqual(['applications', 'deployments', 'applications']);
  expect(new Set(stage.repositories.opened.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(left(stage)).toMatchObject({ aftermath: { request: { applied: true }, pause: { step: 'ended' } } });
  const said = replies(stage);
  expect(said.filter((each, index) => said.indexOf(each) !== index)).toEqual([]);
});

test.each([
  ['by others', false, {}, 'Merged as cccccccccccc, with commits that nobody has approved here'],
  ['by a process that died before it was known', true, {}, 'Merged as cccccccccccc'],
  [
    'by others, where it was to be rebased',
    true,
    { rebases: { kind: 'refused', reason: 'There is a branch that is not ours.' } },
    'Merged as cccccccccccc, with commits that nobody has approved here',
  ],
] as const)(
  'a request after it that was changed %s and merged is told as that',
  async (_name, isToRebase, change, headline) => {
    const standing = isToRebase
      ? ({ kind: 'open', waitsFor: 'people: it conflicts', conflicts: true } as const)
      : ({ ...merged, altered: true } as const);
    let stage: Stage | undefined;
    const probe = async (point: string) => {
      const request = stage && left(stage)?.aftermath.request;
      if (stage === undefined || point !== 'committed:aftermath' || request?.step !== 'open') return;
      if (request.rebase === 'wanted') stage.repositories.standing = { ...merged, altered: true };
      if (request.rebase === 'done') stage.repositories.standing = merged;
    };
    stage = await asked({ probe }, change);
    await now(stage);
    await inTwo(stage, 10);
    stage.repositories.standing = standing;
    await stage.rig.pass(60);
    expect(replies(stage).filter((each) => each.startsWith('Merged'))).toEqual([headline]);
  },
);

test('what self-heal undoes is told with the name of who undid it', async () => {
  const stage = await asked();
  await now(stage);
  await inTwo(stage, 30);
  stage.rig.now().world.drifted = [
    {
      object: 'Deployment web in namespace shop',
      field: 'spec.replicas',
      verified: '5',
      now: '3',
      by: { manager: 'argocd-controller', at: stage.rig.now().now },
      isBack: true,
    },
  ];
  await stage.rig.pass(120);
  expect(replies(stage)).toContain('Drifted, undone by Argo CD (argocd-controller)');
  expect(stage.rig.now().shelf.looks[stage.rig.row(1).id]?.result).toBe('undone');
});

import { describe, expect, test } from 'vitest';
import { after } from '../../src/domain/text/time.ts';
import { drainNode, noon } from '../fixtures/facts.ts';
import { createRig, type Rig, strictPolicy } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';
import { healthy } from '../fixtures/world.ts';

const say = (rig: Rig, text: string, by = 'U0ANN', requestKey = `${text} at ${rig.now().now}`) =>
  rig.commands.remediate({ text, actor: { userId: by, teamId: 'T0' }, requestKey });

/** One restart that waits for a person. */
async function waiting(options: Parameters<typeof createRig>[0] = {}): Promise<Rig> {
  const rig = createRig(options);
  await playStep(rig, { do: 'ask', text: 'rollout restart deploy/web -n production -- it hangs' });
  await rig.settle();
  expect(rig.row(1).state).toBe('waiting');
  return rig;
}

const approve = async (rig: Rig, by: readonly string[]) => {
  for (const each of by) await playStep(rig, { do: 'approve', by: each });
};

describe('who may', () => {
  test.each([
    ['U0ANN', 'text'],
    ['U0CAT', 'text'],
    ['U0ASK', 'denied'],
  ])('%s: %s', async (by, kind) => {
    const rig = createRig();
    expect(await say(rig, 'stop wrong cluster', by)).toMatchObject({ kind });
    expect(rig.now().shelf.stop === undefined).toBe(kind === 'denied');
  });

  test('who may not is written down', async () => {
    const rig = createRig();
    await say(rig, 'stop wrong cluster', 'U0ASK');
    expect(rig.now().shelf.log).toMatchObject([
      {
        command: '/remediate stop wrong cluster',
        outcome: 'no_action',
        detail: expect.stringMatching(/^refused: /),
      },
    ]);
  });

  test('a second stop says that there is one, and status says which', async () => {
    const rig = createRig();
    await say(rig, 'stop password=hunter2hunter2 leaked');
    expect(await say(rig, 'stop again')).toMatchObject({ title: expect.stringContaining('stopped already') });
    const status = await say(rig, 'status');
    expect(status).toMatchObject({
      title: expect.stringContaining('Firebreak is stopped since 12:00 UTC: '),
    });
    expect(JSON.stringify(status)).not.toContain('hunter2hunter2');
    await say(rig, 'start all is well');
    expect(await say(rig, 'start once more')).toMatchObject({ title: 'Firebreak is not stopped.' });
  });
});

test.each([
  [
    'shop',
    'approve',
    'Approved. It does not run yet: Firebreak is stopped (wrong cluster). It runs when somebody starts it again, while the approval counts.',
  ],
  ['shop', 'reject', 'You have rejected it.'],
  ['production', 'approve', 'Approved, 1 of 2. One more person must approve.'],
] as const)('who votes on a change in %s while it is stopped: %s', async (namespace, decision, sentence) => {
  const rig = createRig();
  await playStep(rig, { do: 'ask', text: `scale deploy/web --replicas=1 -n ${namespace}` });
  await rig.settle();
  await say(rig, 'stop wrong cluster');
  const row = rig.row(1);
  if (row.state !== 'waiting') throw new Error('it waits');
  const actor = { userId: 'U0ANN', teamId: 'T0' };
  const ballot = { remediationId: row.id, digest: row.digest, actor, decision };
  expect(await rig.commands.vote(ballot)).toEqual({ kind: 'recorded', sentence });
});

describe('while it is stopped nothing is sent', () => {
  test('what is approved waits, over a restart, and goes on when that is over', async () => {
    const rig = await waiting();
    await say(rig, 'stop the cluster is being moved');
    await approve(rig, ['U0ANN', 'U0BEN']);
    await rig.pass(120);
    rig.reload();
    await rig.pass(120);
    expect(rig.row(1).state).toBe('approved');
    expect(rig.now().world.generation).toBe(healthy.generation);
    await say(rig, 'start it is done');
    await rig.settle();
    expect(rig.row(1).state).toBe('succeeded');
  });

  test('an approval grows too old meanwhile, as it always does', async () => {
    const rig = await waiting();
    await say(rig, 'stop the cluster is being moved');
    await approve(rig, ['U0ANN', 'U0BEN']);
    await rig.pass(strictPolicy.approvalTtlSeconds + 60);
    expect(rig.row(1).state).toBe('expired');
    await say(rig, 'start it is done');
    await rig.settle();
    expect(rig.now().world.generation).toBe(healthy.generation);
  });

  test('what runs by itself waits as well', async () => {
    const rig = createRig();
    await say(rig, 'stop the cluster is being moved');
    await playStep(rig, { do: 'ask', text: 'rollout restart deploy/web -n shop' });
    await rig.pass(60);
    expect(rig.row(1)).toMatchObject({ state: 'approved', spec: { tier: 'auto' } });
    expect(rig.now().world.generation).toBe(healthy.generation);
  });

  test('what is under way is broken off before its next write, with what was done and a way back', async () => {
    const pods = ['web-0', 'web-1', 'web-2'];
    const rig = createRig({ world: { node: { cordoned: false, pods, lets: 1, refuses: -1 } } });
    await playStep(rig, { do: 'request', request: drainNode() });
    await rig.settle();
    await approve(rig, ['U0ANN', 'U0BEN']);
    await rig.pass(20);
    expect(rig.row(1)).toMatchObject({ state: 'executing', results: [{}, {}] });
    await say(rig, 'stop it drains the wrong node');
    Object.assign(rig.now().world.node, { lets: 3 });
    await rig.pass(60);
    expect(rig.row(1)).toMatchObject({
      state: 'failed',
      stage: 'execution',
      results: [{}, {}],
      failure: expect.stringMatching(
        /^Nothing more is sent: Firebreak was stopped \(it drains the wrong node\)\..* Done so far: 2 of 4 steps\.$/,
      ),
    });
    expect(rig.now().world.node.pods).toEqual(['web-1', 'web-2']);
    expect(rig.row(2)).toMatchObject({ state: 'waiting', requestedBy: { kind: 'rollback', ofNumber: 1 } });
    await playStep(rig, { do: 'approve', by: 'U0ANN', on: 2 });
    await rig.pass(60);
    expect(rig.row(2).state, 'the way back is held as well').toBe('approved');
  });

  test('a stop that comes after the gate and before the write stops the write', async () => {
    let stopAt: Rig | undefined;
    const rig: Rig = await waiting({
      probe: async (point) => {
        if (point === 'begin:executing' && stopAt !== undefined) await say(stopAt, 'stop just now');
      },
    });
    stopAt = rig;
    await approve(rig, ['U0ANN', 'U0BEN']);
    await rig.settle();
    expect(rig.row(1)).toMatchObject({ state: 'failed', failure: expect.not.stringContaining('not known') });
    expect(rig.now().world.generation).toBe(healthy.generation);
  });

  test('a stop that comes between the answer of the cluster and the commit is too late for that one write', async () => {
    let stopAt: Rig | undefined;
    const rig: Rig = await waiting({
      probe: async (point) => {
        if (point === 'after-write' && stopAt !== undefined) await say(stopAt, 'stop just now');
      },
    });
    stopAt = rig;
    await approve(rig, ['U0ANN', 'U0BEN']);
    await rig.settle();
    expect(rig.row(1), 'what was sent is still verified').toMatchObject({ state: 'succeeded' });
  });

  test.each<[string, (rig: Rig) => Promise<void> | void]>([
    ['stopped at once', async (rig) => void (await say(rig, 'stop just now'))],
    [
      'stopped while a constraint holds it up',
      async (rig) => {
        Object.assign(rig.now().world, { ready: 0 });
        await rig.wake();
        expect(rig.row(1)).toMatchObject({ state: 'executing', heldUp: expect.any(String) });
        Object.assign(rig.now().world, { ready: null });
        await say(rig, 'stop just now');
      },
    ],
    [
      'broken off because a constraint does not hold',
      (rig) => void Object.assign(rig.now().world, { ready: 0 }),
    ],
    ['refused when it is sent again', (rig) => void Object.assign(rig.now().world, { applyRefused: 'No.' })],
  ])('of a write whose answer was lost it says that nobody knows: %s', async (_name, meanwhile) => {
    const rig = await waiting({ world: { answersLost: 1 } });
    await approve(rig, ['U0ANN', 'U0BEN']);
    while (rig.now().faults.length === 0) await rig.wake();
    await meanwhile(rig);
    await rig.settle();
    expect(rig.row(1)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('Whether the change was made is not known.'),
      inDoubt: true,
    });
  });

  test('of what was held up before anything was sent, nothing is in doubt', async () => {
    const rig = await waiting();
    await approve(rig, ['U0ANN', 'U0BEN']);
    await rig.wake();
    Object.assign(rig.now().world, { ready: 0 });
    await rig.settle();
    expect(rig.row(1)).toMatchObject({
      state: 'failed',
      failure: expect.not.stringContaining('not known'),
    });
    expect(rig.row(1)).not.toHaveProperty('inDoubt');
  });

  test('its time is judged by the clock and no look at the cluster is spent on it', async () => {
    const rig = await waiting();
    await say(rig, 'stop the cluster is being moved');
    await approve(rig, ['U0ANN', 'U0BEN']);
    Object.assign(rig.now().world, { silent: ['gather'], failing: -1 });
    await rig.pass(300);
    expect(rig.now().faults).toEqual([]);
    expect(rig.now().now).toBe(after(noon, 300));
  });
});

import { describe, expect, test } from 'vitest';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { putWake } from '../fixtures/memory-store.ts';
import type { RigOptions } from '../fixtures/rig.ts';
import { asked, inTwo, left, merged, now, replies, type Stage } from './emergency-stage.ts';

describe('the end of a pause that is refused', () => {
  const refusal = 'applications.argoproj.io "shop" is forbidden: no right to patch.';
  const stuck = async (probe?: RigOptions['probe']) => {
    const stage = await asked({
      ...(probe === undefined ? {} : { probe }),
      between: (rig) => rig.reload(),
    });
    await now(stage, { pause: true });
    await inTwo(stage);
    stage.rig.now().world.unendable = refusal;
    return stage;
  };
  const told = (stage: Stage, headline: string) => replies(stage).filter((each) => each === headline).length;

  test('is told once, tried again with growing waits, and told once when it worked', async () => {
    const stage = await stuck();
    await stage.rig.pass(3 * 3600);
    expect(stage.rig.now().world.pausedUntil).not.toBeNull();
    expect(told(stage, 'The pause could not be ended')).toBe(1);
    const pause = left(stage)?.aftermath.pause;
    expect(pause).toMatchObject({ step: 'begun', unended: { reason: refusal, told: true } });
    // 30 s, 1, 2, 4 and 8 min, then every 15 min of the two hours and a half that are left.
    expect(pause?.step === 'begun' && pause.unended?.times).toBeLessThan(20);
    expect(pause?.step === 'begun' && pause.unended?.times).toBeGreaterThan(10);
    expect(left(stage)?.dueAt).toBeDefined();
    stage.rig.now().world.unendable = null;
    await stage.rig.pass(16 * 60);
    expect(stage.rig.now().world.pausedUntil).toBeNull();
    expect(told(stage, 'Pause over')).toBe(1);
    expect(left(stage)?.aftermath.pause).toMatchObject({ step: 'ended' });
  });

  test('does not keep the request from being followed', async () => {
    const stage = await stuck();
    await stage.rig.pass(31 * 60);
    stage.repositories.standing = merged;
    Object.assign(stage.rig.now().world, { applied: [commits.merged] });
    await stage.rig.pass(15 * 60);
    expect(left(stage)?.aftermath).toMatchObject({ request: { applied: true }, pause: { step: 'begun' } });
    expect(left(stage)?.dueAt).toBeDefined();
  });

  test('is not forgotten by a process that dies at it', async () => {
    let deaths = 0;
    const stage = await stuck(async (point) => {
      if (point !== 'after-pause-end' || deaths === 2) return;
      deaths += 1;
      throw Object.assign(new Error('The process is gone.'), { name: 'Stopped' });
    });
    await stage.rig.pass(3600);
    expect(deaths).toBe(2);
    expect(told(stage, 'The pause could not be ended')).toBe(1);
    stage.rig.now().world.unendable = null;
    await stage.rig.pass(16 * 60);
    expect(told(stage, 'Pause over')).toBe(1);
  });

  test('is left to whoever takes the mark away', async () => {
    const stage = await stuck();
    await stage.rig.pass(3600);
    stage.rig.now().world.pausedUntil = 'of somebody else';
    await stage.rig.pass(16 * 60);
    expect(told(stage, 'Look at the pause')).toBe(1);
    expect(left(stage)?.aftermath.pause).toMatchObject({ step: 'ended' });
  });

  test('and no answer, which is told when it has lasted', async () => {
    const stage = await stuck();
    Object.assign(stage.rig.now().world, { unendable: null, silent: ['applied'] });
    await stage.rig.pass(30 * 60 + 35);
    expect(told(stage, 'The pause could not be ended')).toBe(0);
    await stage.rig.pass(15 * 60);
    expect(told(stage, 'The pause could not be ended')).toBe(1);
    stage.rig.now().world.silent = [];
    await stage.rig.pass(16 * 60);
    expect(told(stage, 'Pause over')).toBe(1);
  });
});

test('a pause that others have a part in goes on for them, and that is said', async () => {
  const stage = await asked();
  await now(stage, { pause: true });
  await inTwo(stage);
  stage.rig.now().world.pausedForOthers = [43];
  await stage.rig.pass(31 * 60);
  expect(left(stage)?.aftermath.pause).toMatchObject({
    step: 'ended',
    sentence: 'The automatic sync of Application argocd/shop stays paused for remediation 43.',
  });
});

test('two parts in one pause that end at once are no alarm', async () => {
  const stage = await asked({
    probe: async (point) => {
      // The other one leaves it between the look and the call, which is refused then.
      if (point === 'before-pause-end') stage.rig.now().world.pausedForOthers = [];
    },
  });
  await now(stage, { pause: true });
  await inTwo(stage);
  stage.rig.now().world.pausedForOthers = [43];
  await stage.rig.pass(31 * 60);
  expect(replies(stage)).not.toContain('The pause could not be ended');
  expect(replies(stage)).toContain('Pause over');
  expect(stage.rig.now().world.pausedUntil).toBeNull();
  expect(left(stage)?.aftermath.pause).toMatchObject({
    step: 'ended',
    sentence: 'The automatic sync of Application argocd/shop is as it was before.',
  });
});

describe('a step that kills its process again and again', () => {
  const dead = async ({ rig }: Stage) => {
    const { id } = rig.row(1);
    const { shelf } = rig.now();
    const wake = { kind: 'aftermath', id, version: shelf.aftermaths[id]?.steps ?? 0, deaths: 5 } as const;
    putWake({ shelf: () => shelf, clock: rig.context.clock, newId: rig.context.newId }, wake, 0);
    const claim = { queue: 'wake', jobId: String(shelf.jobsMade), attempt: 0 };
    await handleWake(rig.context, wake, claim, new AbortController().signal);
  };

  test('at the request is given up loudly, and the pause still ends', async () => {
    const stage = await asked();
    await now(stage, { pause: true });
    await inTwo(stage, 4);
    await dead(stage);
    expect(left(stage)?.aftermath.request).toMatchObject({
      step: 'ended',
      sentence: expect.stringContaining('5 of its processes died'),
    });
    expect(replies(stage)).toContain('The pull request is given up');
    await stage.rig.pass(31 * 60);
    expect(stage.rig.now().world.pausedUntil).toBeNull();
  });

  test('at the end of the pause is given up loudly, and left to people', async () => {
    const stage = await asked();
    await now(stage, { pause: true });
    await inTwo(stage, 60);
    stage.rig.now().now = '2026-03-01T12:31:00.000Z';
    await dead(stage);
    expect(left(stage)?.aftermath.pause).toMatchObject({
      step: 'ended',
      sentence: expect.stringContaining('put it back by hand'),
    });
    expect(replies(stage)).toContain('Look at the pause');
  });
});

describe('an answer that was lost', () => {
  const lost = async () => {
    const stage = await asked();
    await now(stage);
    Object.assign(stage.rig.now().world, { silent: ['apply'] });
    await inTwo(stage, 600);
    expect(stage.rig.row(1)).toMatchObject({ state: 'failed', inDoubt: true });
    return stage;
  };
  const lookedAt = async (isThere: boolean) => {
    let isFirst = true;
    const stage = await asked({
      probe: async (point) => {
        if (point !== 'before-write' || !isFirst) return;
        isFirst = false;
        Object.assign(stage.rig.now().world, { silent: ['apply'], drifted: isThere ? [] : [gone] });
      },
    });
    await now(stage);
    await inTwo(stage, 1800);
    return stage;
  };
  const gone = {
    ...{ object: 'Deployment web in namespace shop', field: 'spec.replicas', verified: '5', now: '3' },
    isBack: true,
  };

  test('opens the request where the change is found to be there', async () => {
    const stage = await lookedAt(true);
    expect(stage.rig.row(1)).toMatchObject({ state: 'failed', inDoubt: true });
    expect(stage.repositories.opened).toHaveLength(1);
    expect(left(stage)?.aftermath).toMatchObject({ found: true, request: { step: 'open' } });
    expect(replies(stage)).toContain('The change is in the cluster');
  });

  test('says what is known where it is not there', async () => {
    const stage = await lookedAt(false);
    expect(stage.repositories.opened).toEqual([]);
    expect(left(stage)?.aftermath.request).toMatchObject({
      step: 'ended',
      sentence: expect.stringMatching(/not known whether the change was made.*looked for and is not there/),
    });
    expect(replies(stage)).toContain('No pull request');
  });

  test('is not decided while the cluster does not answer', async () => {
    const stage = await lost();
    stage.rig.now().world.silent = ['apply', 'observe'];
    expect(left(stage)?.aftermath.request.step).not.toBe('ended');
    await stage.rig.pass(600);
    expect(left(stage)?.aftermath.found).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import type { Aftermath } from '../../src/domain/manifest/emergency.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { RepositoryFault } from '../../src/workflow/repositories-port.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { ended, type How, nothing, onAftermath } from './aftermath-stage.ts';
import { asked, merged } from './emergency-stage.ts';

/* What one step of what an emergency leaves to do comes to, by how far the change, the request and the pause have come. */

const it = onAftermath();
const pauseEnded = (sentence: string) => ({ step: 'ended', owner: it.pause().owner, sentence });
const isBack = 'The automatic sync of Application argocd/shop is as it was before.';

describe('a wake is for nothing', () => {
  test.each<[string, () => How]>([
    ['where the remediation is gone', () => ({ row: undefined })],
    ['where nothing was left to do', () => ({ stored: undefined })],
    ['where all of it is done', () => ({ stored: { dueAt: undefined } })],
    ['where another step has been done since', () => ({ stored: { steps: it.stored.steps + 1 } })],
  ])('%s', async (_name, how) => {
    expect(await it.step(how())).toEqual({ committed: undefined, done: ['dismissed'] });
  });

  test('where another was quicker to commit the step', async () => {
    const { done } = await it.step({ answer: 'stale' });
    const around = ['begin:aftermath', 'before-request', 'after-request', 'worked:aftermath', 'settled'];
    expect(done).toEqual([...around, 'dismissed', 'committed:aftermath']);
    expect((await it.step()).done).toEqual([...around, 'committed:aftermath']);
  });
});

test.each([
  ['all places at the cluster are taken', false, 15],
  ['it is for another cluster', true, 300],
])('it is left as it is where %s, for %i s', async (_name, isFree, seconds) => {
  const { context } = it.stage.rig;
  const clusters = { all: [context.cluster], enter: () => undefined } as const;
  it.stage.rig.context.store.belongsTo = async () => false;
  const { committed } = await it.step(isFree ? {} : { context: { clusters } });
  expect(committed).toEqual({
    steps: it.stored.steps,
    aftermath: it.stored.aftermath,
    dueAt: it.at(seconds),
  });
});

test('of a process that stops nothing is committed', async () => {
  const stopping = new AbortController();
  const repositories = {
    ...it.stage.repositories,
    open: async () => {
      stopping.abort(new Error('It stops.'));
      return it.stage.repositories.opens;
    },
  };
  await expect(it.step({ context: { repositories }, signal: stopping.signal })).rejects.toThrow('It stops.');
});

describe('while it is not known whether anything was written', () => {
  const waiting = (more: Partial<Aftermath> = {}) => ({
    steps: it.stored.steps,
    aftermath: { ...it.stored.aftermath, ...more },
    dueAt: it.at(5),
  });
  test('it is looked for again soon', async () => {
    expect((await it.step({ row: it.unanswered() })).committed).toEqual(waiting());
    expect((await it.step({ row: { ...it.unanswered(), results: [] } })).committed).toEqual(waiting());
    const fresh = await asked();
    expect((await it.step({ row: fresh.rig.row(1) })).committed).toEqual(waiting());
  });

  test('of what is over without it there is no request, and the pause ends', async () => {
    const over = it.failed({ results: [] });
    expect((await it.step({ row: over })).committed).toEqual({
      ...waiting({ request: nothing }),
      dueAt: it.now,
    });
    expect((await it.step({ row: over, aftermath: { request: nothing } })).committed).toMatchObject({
      aftermath: { request: nothing, pause: pauseEnded(isBack) },
      dueAt: undefined,
    });
    const unpaused = { row: over, isUnpaused: true, aftermath: { request: nothing } };
    expect((await it.step(unpaused)).committed).toMatchObject({
      aftermath: { request: nothing },
      dueAt: undefined,
    });
  });
});

describe('the pause', () => {
  const applied = { ...ended, applied: true } as const;
  const unended = (seconds: number) => ({ times: 1, reason: 'No.', nextAt: it.at(seconds) });
  test.each<[string, () => How, boolean]>([
    ['goes on for its time', () => ({ seconds: 1_797, aftermath: { request: ended } }), false],
    ['ends with it', () => ({ seconds: 1_798, aftermath: { request: ended } }), true],
    ['ends before the request is seen to', () => ({ seconds: 1_798 }), true],
    ['ends once the cluster has what was merged', () => ({ aftermath: { request: applied } }), true],
    [
      'is not tried again before its time',
      () => ({
        seconds: 1_900,
        aftermath: { request: applied, pause: { ...it.pause(), unended: unended(1_901) } },
      }),
      false,
    ],
    [
      'is tried again at its time',
      () => ({
        seconds: 1_901,
        aftermath: { request: ended, pause: { ...it.pause(), unended: unended(1_901) } },
      }),
      true,
    ],
  ])('%s', async (_name, how, isOver) => {
    const { committed } = await it.step(how());
    expect(committed?.aftermath.pause?.step).toBe(isOver ? 'ended' : 'begun');
    if (isOver) expect(committed).toMatchObject({ aftermath: { pause: pauseEnded(isBack) } });
  });

  test('is what is due next where the request has ended', async () => {
    expect((await it.step({ aftermath: { request: ended } })).committed).toEqual({
      steps: it.stored.steps,
      aftermath: { ...it.stored.aftermath, request: ended },
      dueAt: it.pause().until,
    });
    const tried = { ...it.pause(), unended: unended(40) };
    expect((await it.step({ aftermath: { request: ended, pause: tried } })).committed?.dueAt).toBe(it.at(40));
  });

  test('that has ended leaves nothing where the request has as well', async () => {
    const over = { step: 'ended', owner: it.pause().owner, sentence: 'Over.' } as const;
    expect((await it.step({ aftermath: { request: ended, pause: over } })).committed?.dueAt).toBeUndefined();
  });
});

describe('the request', () => {
  const open = () =>
    ({ step: 'open', branch: 'b', commit: commits.pushed, number: 7, openedAt: it.now }) as const;

  test('is looked at again when it is due, or when the pause is, whichever comes first', async () => {
    const request = open();
    const looked = async (aftermath: Partial<Aftermath>) => (await it.step({ aftermath })).committed?.dueAt;
    expect(await looked({ request })).toBe(it.at(10));
    expect(await looked({ request, pause: { ...it.pause(), until: it.at(9) } })).toBe(it.at(9));
    expect(await looked({ request, pause: { ...it.pause(), until: it.at(11) } })).toBe(it.at(10));
    const over = { step: 'ended', owner: it.pause().owner, sentence: 'Over.' } as const;
    expect(await looked({ request, pause: over })).toBe(it.at(10));
    const alone = await it.step({ isUnpaused: true, aftermath: { request } });
    expect(alone.committed?.dueAt).toBe(it.at(10));
  });

  test('says what has happened, and is seen to at once where it has ended', async () => {
    it.stage.repositories.standing = { kind: 'closed', by: 'ann' };
    const { committed } = await it.step({ aftermath: { request: open() } });
    expect(committed).toMatchObject({
      dueAt: it.now,
      aftermath: { request: { step: 'ended' } },
      told: { kind: 'reply', broadcast: true },
    });
    it.stage.repositories.standing = { kind: 'open', waitsFor: 'reviews' };
    expect((await it.step({ aftermath: { request: open() } })).committed).not.toHaveProperty('told');
    it.stage.repositories.standing = merged;
    expect((await it.step({ aftermath: { request: open() } })).committed).toMatchObject({
      told: { kind: 'reply', headline: 'Merged as cccccccccccc' },
    });
  });

  const failing = (fault: Error) => ({
    repositories: {
      ...it.stage.repositories,
      look: async () => {
        throw fault;
      },
    },
  });
  const faults = [new RepositoryFault('It does not answer.'), new ClusterFault('It does not answer.')];

  test.each(faults)('that cannot be asked about is asked about again: %s', async (fault) => {
    const aftermath = { request: open() };
    const warned: unknown[] = [];
    const log = { ...it.stage.rig.context.log, warn: (...all: unknown[]) => void warned.push(all) };
    const context = { ...failing(fault), log };
    expect((await it.step({ aftermath, context })).committed).toEqual({
      steps: it.stored.steps,
      aftermath: { ...it.stored.aftermath, ...aftermath },
      dueAt: it.at(60),
    });
    expect(warned).toEqual([
      [
        { remediation: 1, fault: 'It does not answer.' },
        'The pull request after an emergency could not be seen to; trying again',
      ],
    ]);
    const soonOver = { ...aftermath, pause: { ...it.pause(), until: it.at(59) } };
    expect((await it.step({ aftermath: soonOver, context })).committed?.dueAt).toBe(it.at(59));
  });

  test('that could not be asked about for long is given up', async () => {
    const sentence = 'It does not answer. A branch or a request may be there, and is not followed.';
    const over = { step: 'ended', owner: it.pause().owner, sentence: 'Over.' } as const;
    const asked = (seconds: number) =>
      it.step({
        seconds,
        aftermath: { request: open(), pause: over },
        context: failing(new RepositoryFault('It does not answer.')),
      });
    expect((await asked(4 * 3600 - 3)).committed).toMatchObject({ aftermath: { request: { step: 'open' } } });
    expect((await asked(4 * 3600)).committed).toEqual({
      steps: it.stored.steps,
      aftermath: { pause: over, request: { step: 'ended', sentence } },
      dueAt: it.at(4 * 3600),
      told: { kind: 'reply', headline: 'The pull request is given up', body: sentence, broadcast: true },
    });
  });

  test.each([
    [undefined, 'https://gitlab.example/shop/-/merge_requests/7', 'merge request'],
    ['merge request', undefined, 'merge request'],
    ['merge request', 'https://git.example/shop/pull/7', 'pull request'],
  ] as const)('is given up by the name that its host has for it: %s, %s', async (calls, url, word) => {
    const row = it.stage.rig.row(1);
    if (!('git' in row) || row.git?.kind !== 'request') throw new Error('it is carried out by no request');
    const git = { ...row.git, place: { ...row.git.place, ...(calls && { calls }) } };
    const request = { ...open(), ...(url && { url }) };
    const how = { row: { ...row, git }, aftermath: { request }, isUnpaused: true };
    const context = failing(new RepositoryFault('It does not answer.'));
    for (const end of [{ deaths: 5 }, { seconds: 4 * 3600, context }])
      expect((await it.step({ ...how, ...end })).committed).toMatchObject({
        told: { headline: `The ${word} is given up` },
      });
  });

  test('of another fault, or while the process stops, is not', async () => {
    const broken = new Error('It is broken.');
    await expect(it.step({ aftermath: { request: open() }, context: failing(broken) })).rejects.toBe(broken);
    const away = failing(new RepositoryFault('It does not answer.'));
    const signal = AbortSignal.abort();
    await expect(it.step({ aftermath: { request: open() }, context: away, signal })).rejects.toThrow(
      'It does not answer.',
    );
  });
});

describe('a step that processes die of', () => {
  const sentence = 'Firebreak gave up: 5 of its processes died at this step. Their logs say why.';
  const lost = `${sentence} A branch or a request may be there, and is not followed.`;
  const stays = `${sentence} The automatic sync of Application argocd/shop may still be paused: put it back by hand.`;

  test('is tried four times', async () => {
    expect((await it.step({ deaths: 4 })).committed).toMatchObject({
      aftermath: { request: { step: 'open' } },
    });
  });

  test.each<[string, () => How, object]>([
    ['at the request', () => ({}), { request: { step: 'ended', sentence: lost }, pause: { step: 'begun' } }],
    ['at the pause', () => ({ seconds: 1_798 }), { request: { step: 'wanted' }, pause: { step: 'ended' } }],
    [
      'at the pause of what was never written',
      () => ({ row: it.failed({ results: [] }) }),
      { request: { step: 'wanted' }, pause: { step: 'ended' } },
    ],
    [
      'at the pause alone',
      () => ({ aftermath: { request: ended } }),
      { request: ended, pause: { step: 'ended' } },
    ],
  ])('is given up %s', async (_name, how, aftermath) => {
    const { committed } = await it.step({ ...how(), deaths: 5 });
    expect(committed?.aftermath).toMatchObject(aftermath);
    const isPause = committed?.aftermath.pause?.step === 'ended';
    expect(committed?.told).toMatchObject({ broadcast: true, body: isPause ? stays : lost });
  });

  test('before anything was begun is given up', async () => {
    const fresh = await asked();
    const { committed } = await it.step({ row: fresh.rig.row(1), deaths: 5 });
    expect(committed).toMatchObject({ aftermath: { request: { step: 'ended', sentence: lost } } });
  });

  test.each([ended, undefined])('without a pause is given up (%s)', async (request) => {
    const how = { isUnpaused: true, ...(request && { aftermath: { request } }), deaths: 5 };
    const { committed } = await it.step(how);
    expect(committed?.aftermath).toEqual({ request: request ?? { step: 'ended', sentence: lost } });
    expect(committed?.dueAt).toBe(request === undefined ? it.now : undefined);
  });

  test('of which nothing is left is over', async () => {
    const over = { step: 'ended', owner: it.pause().owner, sentence: 'Over.' } as const;
    const { committed } = await it.step({ aftermath: { request: ended, pause: over }, deaths: 5 });
    expect(committed).toEqual({
      steps: it.stored.steps,
      aftermath: { request: ended, pause: over },
      dueAt: undefined,
    });
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import type { Aftermath } from '../../src/domain/manifest/emergency.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import { after as later } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { stepAfterwards } from '../../src/workflow/lasting/aftermath.ts';
import type { AftermathStep, StoredAftermath } from '../../src/workflow/lasting/aftermath-port.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { RepositoryFault } from '../../src/workflow/repositories-port.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { now as actNow, asked, inTwo, left, merged, type Stage } from './emergency-stage.ts';

/* What one step of what an emergency leaves to do comes to, by how far the change, the request and the pause have come. */

let stage: Stage;
let row: Remediation;
let stored: StoredAftermath;
let now: string;
beforeEach(async () => {
  stage = await asked();
  await actNow(stage, { pause: true });
  await inTwo(stage, 2);
  const found = left(stage);
  if (found?.aftermath.pause?.step !== 'begun') throw new Error('it was not begun');
  stored = { ...found, dueAt: found.dueAt };
  [row, now] = [stage.rig.row(1), stage.rig.now().now];
});

interface How {
  readonly row?: Remediation | undefined;
  readonly stored?: Partial<StoredAftermath> | undefined;
  readonly aftermath?: Partial<Aftermath>;
  /** Nobody was paused. */
  readonly isUnpaused?: boolean;
  /** Seconds since the row was read. */
  readonly seconds?: number;
  readonly deaths?: number;
  readonly answer?: 'committed' | 'stale';
  readonly context?: Partial<WorkflowContext>;
  readonly signal?: AbortSignal;
}

/** What was committed, and what else was done, in this order. */
async function step(
  how: How = {},
): Promise<{ committed: AftermathStep | undefined; done: readonly string[] }> {
  const done: string[] = [];
  let committed: AftermathStep | undefined;
  const { context } = stage.rig;
  const given = 'stored' in how ? how.stored : {};
  const { pause: _pause, ...unpaused } = stored.aftermath;
  const before = how.isUnpaused === true ? unpaused : stored.aftermath;
  const whole = given && { ...stored, aftermath: { ...before, ...how.aftermath }, ...given };
  const store: WorkflowContext['store'] = {
    ...context.store,
    load: async () => ('row' in how ? how.row : row),
    aftermath: async () => whole,
    dismiss: async () => void done.push('dismissed'),
    settleAftermath: async (_row, next) => {
      committed = next;
      done.push('settled');
      return how.answer ?? 'committed';
    },
  };
  const probe = async (point: string) => void done.push(point);
  const clock = () => later(now, how.seconds ?? 0);
  const wake = {
    kind: 'aftermath',
    id: row.id,
    version: stored.steps,
    ...(how.deaths && { deaths: how.deaths }),
  } as const;
  const claim = { queue: 'wake', jobId: '1', attempt: 0 };
  const signal = how.signal ?? new AbortController().signal;
  await stepAfterwards({ ...context, store, probe, clock, ...how.context }, wake, claim, signal);
  return { committed, done };
}

const at = (seconds: number) => later(now, seconds);
const pause = () => {
  const { pause: found } = stored.aftermath;
  if (found?.step !== 'begun') throw new Error('it was not begun');
  return found;
};
const ended = { step: 'ended', sentence: 'It is over.' } as const;
const pauseEnded = (sentence: string) => ({ step: 'ended', owner: pause().owner, sentence });
const isBack = 'The automatic sync of Application argocd/shop is as it was before.';

describe('a wake is for nothing', () => {
  test.each<[string, () => How]>([
    ['where the remediation is gone', () => ({ row: undefined })],
    ['where nothing was left to do', () => ({ stored: undefined })],
    ['where all of it is done', () => ({ stored: { dueAt: undefined } })],
    ['where another step has been done since', () => ({ stored: { steps: stored.steps + 1 } })],
  ])('%s', async (_name, how) => {
    expect(await step(how())).toEqual({ committed: undefined, done: ['dismissed'] });
  });

  test('where another was quicker to commit the step', async () => {
    const { done } = await step({ answer: 'stale' });
    const around = ['begin:aftermath', 'before-request', 'after-request', 'worked:aftermath', 'settled'];
    expect(done).toEqual([...around, 'dismissed', 'committed:aftermath']);
    expect((await step()).done).toEqual([...around, 'committed:aftermath']);
  });
});

test.each([
  ['all places at the cluster are taken', false, 15],
  ['it is for another cluster', true, 300],
])('it is left as it is where %s, for %i s', async (_name, isFree, seconds) => {
  const { context } = stage.rig;
  const clusters = { all: [context.cluster], enter: () => undefined } as const;
  stage.rig.context.store.belongsTo = async () => false;
  const { committed } = await step(isFree ? {} : { context: { clusters } });
  expect(committed).toEqual({ steps: stored.steps, aftermath: stored.aftermath, dueAt: at(seconds) });
});

test('of a process that stops nothing is committed', async () => {
  const stopping = new AbortController();
  const repositories = {
    ...stage.repositories,
    open: async () => {
      stopping.abort(new Error('It stops.'));
      return stage.repositories.opens;
    },
  };
  await expect(step({ context: { repositories }, signal: stopping.signal })).rejects.toThrow('It stops.');
});

const unanswered = () => {
  if (row.state !== 'verifying' && row.state !== 'executing') throw new Error(row.state);
  const { results: _results, ...rest } = row;
  return { ...rest, state: 'executing' as const };
};
const failed = (more: object = {}): Remediation => ({
  ...unanswered(),
  ...({ state: 'failed', stage: 'execution', endedAt: now, failure: 'It is no use.' } as const),
  ...more,
});
const nothing = { step: 'ended', sentence: 'Nothing was changed, so no pull request was opened.' } as const;

describe('while it is not known whether anything was written', () => {
  const waiting = (more: Partial<Aftermath> = {}) => ({
    steps: stored.steps,
    aftermath: { ...stored.aftermath, ...more },
    dueAt: at(5),
  });
  test('it is looked for again soon', async () => {
    expect((await step({ row: unanswered() })).committed).toEqual(waiting());
    expect((await step({ row: { ...unanswered(), results: [] } })).committed).toEqual(waiting());
    const fresh = await asked();
    expect((await step({ row: fresh.rig.row(1) })).committed).toEqual(waiting());
  });

  test('of what is over without it there is no request, and the pause ends', async () => {
    const over = failed({ results: [] });
    expect((await step({ row: over })).committed).toEqual({ ...waiting({ request: nothing }), dueAt: now });
    expect((await step({ row: over, aftermath: { request: nothing } })).committed).toMatchObject({
      aftermath: { request: nothing, pause: pauseEnded(isBack) },
      dueAt: undefined,
    });
    const unpaused = { row: over, isUnpaused: true, aftermath: { request: nothing } };
    expect((await step(unpaused)).committed).toMatchObject({
      aftermath: { request: nothing },
      dueAt: undefined,
    });
  });
});

describe('a change whose answer was lost', () => {
  const answer = { sentence: 'Paused.', alreadyDone: false, warnings: [] };
  const lost = (more: object = {}) => failed({ inDoubt: true, results: [answer], ...more });
  const field = { object: 'Deployment web', field: 'spec.replicas', verified: '5', now: '3', isBack: true };
  const drifting = (came: readonly (typeof field)[] | Error, asked: unknown[] = []) => ({
    cluster: {
      ...stage.rig.context.cluster,
      drifted: async (plan: { readonly calls: readonly unknown[] }) => {
        asked.push(plan.calls);
        if (came instanceof Error) throw came;
        return came;
      },
    },
  });
  const inDoubt = 'It is not known whether the change was made, because its answer was lost.';
  const byPeople = 'No pull request was opened. Look at the object before you ask for it again.';
  const kept = (dueAt: string) => ({ steps: stored.steps, aftermath: stored.aftermath, dueAt });
  const over = (sentence: string, dueAt: string) => ({
    steps: stored.steps,
    aftermath: { ...stored.aftermath, request: { step: 'ended', sentence } },
    dueAt,
    told: { kind: 'reply', headline: 'No pull request', body: sentence, broadcast: true },
  });

  test('is found in the cluster, which is told, and its request follows', async () => {
    const asked: unknown[] = [];
    expect((await step({ row: lost(), context: drifting([], asked) })).committed).toEqual({
      steps: stored.steps,
      aftermath: { ...stored.aftermath, found: true },
      dueAt: now,
      told: {
        kind: 'reply',
        headline: 'The change is in the cluster',
        body: 'Its answer was lost, and it was found there. The pull request follows.',
        broadcast: true,
      },
    });
    const [, ...calls] = unanswered().plan.calls;
    expect(asked).toEqual([calls]);
    const next = await step({ row: lost(), aftermath: { found: true }, context: drifting([field]) });
    expect(next.committed).toMatchObject({ aftermath: { request: { step: 'open' } } });
  });

  test.each([
    [0, 15],
    [89, 15],
    [90, undefined],
  ])('and is not there after %i s is looked for again in %s s', async (seconds, again) => {
    const sentence = `${inDoubt} It was looked for and is not there. ${byPeople}`;
    expect((await step({ row: lost(), seconds, context: drifting([field]) })).committed).toEqual(
      again === undefined ? over(sentence, at(seconds)) : kept(at(seconds + again)),
    );
  });

  test('and was sent without a pause is looked for as well', async () => {
    const { before: _before, calls, ...plan } = unanswered().plan;
    const { results: _results, ...unsent } = { results: [], ...unanswered() };
    const plain = { ...unsent, plan: { ...plan, calls: calls.slice(1) } };
    const failure = {
      state: 'failed',
      stage: 'execution',
      endedAt: now,
      failure: 'No.',
      inDoubt: true,
    } as const;
    const { committed } = await step({
      row: { ...plain, ...failure },
      isUnpaused: true,
      context: drifting([]),
    });
    expect(committed).toMatchObject({ aftermath: { found: true } });
  });

  test.each<[string, () => Remediation]>([
    ['that answer was of the pause', () => lost({ results: [] })],
    ['nothing says that it was lost', () => failed({ results: [answer] })],
  ])('is not looked for where %s', async (_name, of) => {
    const { committed } = await step({ row: of(), context: drifting([]) });
    expect(committed).toMatchObject({ aftermath: { request: nothing } });
    expect(committed?.aftermath).not.toHaveProperty('found');
  });

  test('and by which it could not be told is not there', async () => {
    const asked: unknown[] = [];
    const { plan } = unanswered();
    const [begin, change] = plan.calls;
    if (begin === undefined || change === undefined) throw new Error('there are no two calls');
    const unseen = { ...change, recognise: { kind: 'none' } };
    const context = drifting([], asked);
    const look = async (calls: readonly object[]) =>
      (await step({ row: lost({ plan: { ...plan, calls } }), context, seconds: 90 })).committed;
    expect(await look([begin, unseen])).toMatchObject({ aftermath: { request: { step: 'ended' } } });
    expect(asked).toEqual([]);
    expect(await look([begin, change, unseen])).toMatchObject({ aftermath: { found: true } });
    expect(asked).toEqual([[change, unseen]]);
  });

  test.each([
    [0, false],
    [4 * 3600 - 3, false],
    [4 * 3600, true],
  ])(
    'is looked for again where the cluster does not answer, after %i s given up: %s',
    async (seconds, isOver) => {
      const away = new ClusterFault('The API server does not answer.');
      const sentence = `${inDoubt} It could not be looked for: The API server does not answer. ${byPeople}`;
      const context = drifting(away);
      const long = { ...pause(), until: at(5 * 3600) };
      const { committed } = await step({ row: lost(), seconds, context, aftermath: { pause: long } });
      const came = isOver ? over(sentence, at(seconds)) : kept(at(seconds + 60));
      expect(committed).toEqual({ ...came, aftermath: { ...came.aftermath, pause: long } });
    },
  );

  test('is no reason to hide another fault, or any while the process stops', async () => {
    const broken = new Error('It is broken.');
    await expect(step({ row: lost(), context: drifting(broken) })).rejects.toBe(broken);
    const away = new ClusterFault('The API server does not answer.');
    const signal = AbortSignal.abort();
    await expect(step({ row: lost(), context: drifting(away), signal })).rejects.toBe(away);
  });
});

describe('the pause', () => {
  const applied = { ...ended, applied: true } as const;
  const unended = (seconds: number) => ({ times: 1, reason: 'No.', nextAt: at(seconds) });
  test.each<[string, () => How, boolean]>([
    ['goes on for its time', () => ({ seconds: 1_797, aftermath: { request: ended } }), false],
    ['ends with it', () => ({ seconds: 1_798, aftermath: { request: ended } }), true],
    ['ends before the request is seen to', () => ({ seconds: 1_798 }), true],
    ['ends once the cluster has what was merged', () => ({ aftermath: { request: applied } }), true],
    [
      'is not tried again before its time',
      () => ({
        seconds: 1_900,
        aftermath: { request: applied, pause: { ...pause(), unended: unended(1_901) } },
      }),
      false,
    ],
    [
      'is tried again at its time',
      () => ({
        seconds: 1_901,
        aftermath: { request: ended, pause: { ...pause(), unended: unended(1_901) } },
      }),
      true,
    ],
  ])('%s', async (_name, how, isOver) => {
    const { committed } = await step(how());
    expect(committed?.aftermath.pause?.step).toBe(isOver ? 'ended' : 'begun');
    if (isOver) expect(committed).toMatchObject({ aftermath: { pause: pauseEnded(isBack) } });
  });

  test('is what is due next where the request has ended', async () => {
    expect((await step({ aftermath: { request: ended } })).committed).toEqual({
      steps: stored.steps,
      aftermath: { ...stored.aftermath, request: ended },
      dueAt: pause().until,
    });
    const tried = { ...pause(), unended: unended(40) };
    expect((await step({ aftermath: { request: ended, pause: tried } })).committed?.dueAt).toBe(at(40));
  });

  test('that has ended leaves nothing where the request has as well', async () => {
    const over = { step: 'ended', owner: pause().owner, sentence: 'Over.' } as const;
    expect((await step({ aftermath: { request: ended, pause: over } })).committed?.dueAt).toBeUndefined();
  });
});

describe('the request', () => {
  const open = () =>
    ({ step: 'open', branch: 'b', commit: commits.pushed, number: 7, openedAt: now }) as const;

  test('is looked at again when it is due, or when the pause is, whichever comes first', async () => {
    const request = open();
    const looked = async (aftermath: Partial<Aftermath>) => (await step({ aftermath })).committed?.dueAt;
    expect(await looked({ request })).toBe(at(10));
    expect(await looked({ request, pause: { ...pause(), until: at(9) } })).toBe(at(9));
    expect(await looked({ request, pause: { ...pause(), until: at(11) } })).toBe(at(10));
    const over = { step: 'ended', owner: pause().owner, sentence: 'Over.' } as const;
    expect(await looked({ request, pause: over })).toBe(at(10));
    const alone = await step({ isUnpaused: true, aftermath: { request } });
    expect(alone.committed?.dueAt).toBe(at(10));
  });

  test('says what has happened, and is seen to at once where it has ended', async () => {
    stage.repositories.standing = { kind: 'closed', by: 'ann' };
    const { committed } = await step({ aftermath: { request: open() } });
    expect(committed).toMatchObject({
      dueAt: now,
      aftermath: { request: { step: 'ended' } },
      told: { kind: 'reply', broadcast: true },
    });
    stage.repositories.standing = { kind: 'open', waitsFor: 'reviews' };
    expect((await step({ aftermath: { request: open() } })).committed).not.toHaveProperty('told');
    stage.repositories.standing = merged;
    expect((await step({ aftermath: { request: open() } })).committed).toMatchObject({
      told: { kind: 'reply', headline: 'Merged as cccccccccccc' },
    });
  });

  const failing = (fault: Error) => ({
    repositories: {
      ...stage.repositories,
      look: async () => {
        throw fault;
      },
    },
  });
  const faults = [new RepositoryFault('It does not answer.'), new ClusterFault('It does not answer.')];

  test.each(faults)('that cannot be asked about is asked about again: %s', async (fault) => {
    const aftermath = { request: open() };
    const warned: unknown[] = [];
    const log = { ...stage.rig.context.log, warn: (...all: unknown[]) => void warned.push(all) };
    const context = { ...failing(fault), log };
    expect((await step({ aftermath, context })).committed).toEqual({
      steps: stored.steps,
      aftermath: { ...stored.aftermath, ...aftermath },
      dueAt: at(60),
    });
    expect(warned).toEqual([
      [
        { remediation: 1, fault: 'It does not answer.' },
        'The pull request after an emergency could not be seen to; trying again',
      ],
    ]);
    const soonOver = { ...aftermath, pause: { ...pause(), until: at(59) } };
    expect((await step({ aftermath: soonOver, context })).committed?.dueAt).toBe(at(59));
  });

  test('that could not be asked about for long is given up', async () => {
    const sentence = 'It does not answer. A branch or a request may be there, and is not followed.';
    const over = { step: 'ended', owner: pause().owner, sentence: 'Over.' } as const;
    const asked = (seconds: number) =>
      step({
        seconds,
        aftermath: { request: open(), pause: over },
        context: failing(new RepositoryFault('It does not answer.')),
      });
    expect((await asked(4 * 3600 - 3)).committed).toMatchObject({ aftermath: { request: { step: 'open' } } });
    expect((await asked(4 * 3600)).committed).toEqual({
      steps: stored.steps,
      aftermath: { pause: over, request: { step: 'ended', sentence } },
      dueAt: at(4 * 3600),
      told: { kind: 'reply', headline: 'The pull request is given up', body: sentence, broadcast: true },
    });
  });

  test('of another fault, or while the process stops, is not', async () => {
    const broken = new Error('It is broken.');
    await expect(step({ aftermath: { request: open() }, context: failing(broken) })).rejects.toBe(broken);
    const away = failing(new RepositoryFault('It does not answer.'));
    const signal = AbortSignal.abort();
    await expect(step({ aftermath: { request: open() }, context: away, signal })).rejects.toThrow(
      'It does not answer.',
    );
  });
});

describe('a step that processes die of', () => {
  const sentence = 'Firebreak gave up: 5 of its processes died at this step. Their logs say why.';
  const lost = `${sentence} A branch or a request may be there, and is not followed.`;
  const stays = `${sentence} The automatic sync of Application argocd/shop may still be paused: put it back by hand.`;

  test('is tried four times', async () => {
    expect((await step({ deaths: 4 })).committed).toMatchObject({ aftermath: { request: { step: 'open' } } });
  });

  test.each<[string, () => How, object]>([
    ['at the request', () => ({}), { request: { step: 'ended', sentence: lost }, pause: { step: 'begun' } }],
    ['at the pause', () => ({ seconds: 1_798 }), { request: { step: 'wanted' }, pause: { step: 'ended' } }],
    [
      'at the pause alone',
      () => ({ aftermath: { request: ended } }),
      { request: ended, pause: { step: 'ended' } },
    ],
  ])('is given up %s', async (_name, how, aftermath) => {
    const { committed } = await step({ ...how(), deaths: 5 });
    expect(committed?.aftermath).toMatchObject(aftermath);
    const isPause = committed?.aftermath.pause?.step === 'ended';
    expect(committed?.told).toMatchObject({ broadcast: true, body: isPause ? stays : lost });
  });

  test('before anything was begun is given up', async () => {
    const fresh = await asked();
    const { committed } = await step({ row: fresh.rig.row(1), deaths: 5 });
    expect(committed).toMatchObject({ aftermath: { request: { step: 'ended', sentence: lost } } });
  });

  test.each([ended, undefined])('without a pause is given up (%s)', async (request) => {
    const how = { isUnpaused: true, ...(request && { aftermath: { request } }), deaths: 5 };
    const { committed } = await step(how);
    expect(committed?.aftermath).toEqual({ request: request ?? { step: 'ended', sentence: lost } });
    expect(committed?.dueAt).toBe(request === undefined ? now : undefined);
  });

  test('of which nothing is left is over', async () => {
    const over = { step: 'ended', owner: pause().owner, sentence: 'Over.' } as const;
    const { committed } = await step({ aftermath: { request: ended, pause: over }, deaths: 5 });
    expect(committed).toEqual({
      steps: stored.steps,
      aftermath: { request: ended, pause: over },
      dueAt: undefined,
    });
  });
});

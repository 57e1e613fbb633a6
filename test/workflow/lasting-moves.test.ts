import { beforeEach, describe, expect, test } from 'vitest';
import type { Aftermath } from '../../src/domain/manifest/emergency.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import { after as later } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { atOnce, emergencyAsked, pausedReply } from '../../src/workflow/lasting/emergency-moves.ts';
import { pauseAgain } from '../../src/workflow/lasting/pause-again.ts';
import * as moves from '../../src/workflow/lasting/request-moves.ts';
import type { Suspension } from '../../src/workflow/lasting/suspension.ts';
import type { Moment } from '../../src/workflow/lifecycle/transitions.ts';
import type { Transition } from '../../src/workflow/ports.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { playStep } from '../fixtures/script.ts';
import { now as actNow, asked, inTwo, left, type Stage } from './emergency-stage.ts';

/* The moves of what is made to last, whole: what the row is then, and what is done besides. */

const at = (now: string, seconds: number) => later(now, seconds);
const card = { kind: 'card' } as const;
const wake = (afterSeconds: number) => ({ kind: 'wake', afterSeconds });
const replyOf = (row: { id: string; version: number }, what: string, parts: object) => ({
  kind: 'reply',
  key: `reply:${row.id}:${row.version + 1}:${what}`,
  notice: { kind: 'reply', broadcast: false, ...parts },
});

describe('of a pull request', () => {
  let stage: Stage;
  let row: RemediationIn<'pr_open'>;
  let moment: Moment;
  beforeEach(async () => {
    stage = await asked();
    await playStep(stage.rig, { do: 'approve', by: 'U0ANN' });
    await stage.rig.pass(2);
    const found = stage.rig.row(1);
    if (found.state !== 'pr_open') throw new Error(found.state);
    row = found;
    moment = { now: at(stage.rig.now().now, 60), policy: stage.rig.context.policy() };
  });
  const bumped = () => ({ version: row.version + 1, updatedAt: moment.now });
  const url = 'https://git.example/shop/pull/7';
  const open = (more: object = {}) =>
    ({ step: 'open', branch: 'b', commit: commits.pushed, openedAt: moment.now, ...more }) as const;
  const merged = (more: object = {}) =>
    ({ step: 'merged', branch: 'b', commit: commits.merged, mergedAt: moment.now, ...more }) as const;

  test('what was cleared goes into the repository, with nothing of a call', () => {
    const { request: _request, ...rest } = row;
    const ofCalls = {
      results: [],
      heldUp: 'A budget.',
      progressAt: moment.now,
    };
    const doubts = { brokenAt: moment.now, inDoubt: true as const };
    const next = { ...rest, ...ofCalls, ...doubts, state: 'executing' } as const;
    const cleared: Transition = { event: 'executing', next, sideEffects: [card] };
    expect(moves.intoRepository(cleared)).toEqual({
      event: 'pr_open',
      next: { ...rest, state: 'pr_open', request: { step: 'opening' } },
      sideEffects: [card],
    });
    const other: Transition = { event: 'pr_open', next: row, sideEffects: [] };
    expect(moves.intoRepository(other)).toBe(other);
  });

  test.each([
    ['with its address', { number: 7, url }, 'Opened pull request #7', `${url}\n`],
    ['as a branch', {}, 'Opened branch b', ''],
  ])('it is open, %s', (_name, more, headline, where) => {
    const request = open(more);
    expect(moves.opened(row, request, 5, moment)).toEqual({
      event: 'request_opened',
      next: { ...row, ...bumped(), request },
      sideEffects: [
        card,
        replyOf(row, 'request', {
          headline,
          body: `${where}The cluster changes once it is merged and applied; that is followed from here.`,
        }),
        wake(5),
      ],
    });
  });

  test.each<[string, RemediationIn<'pr_open'>['request'], string | undefined, boolean]>([
    ['the same', { ...open0(), waitsFor: 'reviews' }, 'reviews', false],
    ['something else', { ...open0(), waitsFor: 'reviews' }, 'checks', true],
    ['something by now', open0(), 'reviews', true],
    ['nothing, as it is being opened', { step: 'opening' }, undefined, false],
  ])('what waits for %s', (_name, before, waitsFor, isNew) => {
    const request = open(waitsFor === undefined ? {} : { waitsFor });
    expect(moves.waited({ ...row, request: before }, request, 10, moment)).toEqual({
      event: 'request_looked',
      next: { ...row, ...bumped(), request },
      sideEffects: [...(isNew ? [card] : []), wake(10)],
    });
  });

  const told = { headline: 'Rebased on main', body: 'As it was.' };
  test.each([
    ['silent', undefined, []],
    ['told', { ...told, isForPeople: false }, [told]],
    ['told to all', { ...told, isForPeople: true }, [{ ...told, broadcast: true }]],
  ] as const)('a rebase is %s', (_name, said, replies) => {
    const request = open({ rebase: 'wanted' });
    expect(moves.rebased(row, { request, ...(said && { told: said }) }, 7, moment)).toEqual({
      event: 'request_rebased',
      next: { ...row, ...bumped(), request },
      sideEffects: [card, ...replies.map((each) => replyOf(row, 'rebased', each)), wake(7)],
    });
  });

  test.each([
    [false, {}, 'Merged as cccccccccccc', ''],
    [
      true,
      { waitsFor: 'the cluster' },
      'Merged as cccccccccccc, with commits that nobody has approved here',
      'It waits for the cluster.',
    ],
  ])('it is merged; altered: %s', (isAltered, more, headline, body) => {
    const request = merged(more);
    expect(moves.merged(row, request, isAltered, moment)).toEqual({
      event: 'request_merged',
      next: { ...row, ...bumped(), request },
      sideEffects: [card, replyOf(row, 'merged', { headline, body }), wake(0)],
    });
  });

  test('it has arrived, as if each call had been answered', () => {
    const sentence = 'The cluster has it.';
    const result = { sentence, alreadyDone: true, warnings: [] };
    expect(moves.arrived(row, sentence, 30, moment)).toEqual({
      event: 'verifying',
      next: {
        ...row,
        ...bumped(),
        state: 'verifying',
        results: [result],
        appliedAt: moment.now,
        samples: [],
      },
      sideEffects: [card, replyOf(row, 'executed', { headline: 'Applied', body: sentence }), wake(30)],
    });
  });

  const ending = (detail: string) => ({
    kind: 'log',
    entry: {
      kind: 'ended',
      command: 'kubectl scale deployment/web --replicas=5 -n shop',
      outcome: 'no_action',
      detail,
    },
  });
  const mergeRequest = 'https://gitlab.example/shop/-/merge_requests/7';

  test.each<[RemediationIn<'pr_open'>['request'], string | undefined, string, string]>([
    [{ step: 'opening' }, undefined, 'pull request', 'somebody'],
    [{ ...open0(), number: 7, url: mergeRequest }, 'ann', 'merge request', 'ann'],
  ])('it was closed: %o by %s', (request, by, word, who) => {
    const { plan: _plan, startedAt: _startedAt, ...rest } = row;
    expect(moves.closed({ ...row, request }, by, moment)).toEqual({
      event: 'rejected',
      next: {
        ...{ ...rest, ...bumped(), request, state: 'rejected', endedAt: moment.now, rejectedBy: who },
        rejectReason: `The ${word} was closed without being merged.`,
      },
      sideEffects: [
        card,
        replyOf(row, 'closed', {
          headline: `Closed without being merged, by ${who}`,
          body: 'Nothing was changed.',
        }),
        ending(`the ${word} was closed by ${who}`),
      ],
    });
  });

  test('it was not merged in time', () => {
    const { plan: _plan, startedAt: _startedAt, ...rest } = row;
    expect(moves.tooLate(row, 4, moment)).toEqual({
      event: 'expired',
      next: { ...rest, ...bumped(), state: 'expired', endedAt: moment.now },
      sideEffects: [
        card,
        replyOf(row, 'expired', {
          headline:
            'Not merged within 4 h: it is not followed any more. What becomes of it is left to the repository.',
          broadcast: true,
        }),
        ending('the pull request was not merged in time'),
      ],
    });
  });
});

/** Where no moment is known yet. */
function open0() {
  const openedAt = '2026-03-01T12:00:00.000Z';
  return { step: 'open', branch: 'b', commit: commits.pushed, openedAt } as const;
}

describe('of an emergency', () => {
  let stage: Stage;
  let waiting: RemediationIn<'waiting'>;
  let row: RemediationIn<'executing'>;
  let moment: Moment;
  let pause: Extract<Aftermath['pause'], { step: 'begun' }>;
  beforeEach(async () => {
    stage = await asked();
    await actNow(stage, { pause: true });
    const found = stage.rig.row(1);
    if (found.state !== 'waiting') throw new Error(found.state);
    waiting = found;
    await inTwo(stage, 2);
    const [begun, stored] = [stage.rig.row(1), left(stage)?.aftermath.pause];
    if (begun.state !== 'verifying' || stored?.step !== 'begun') throw new Error(begun.state);
    const { appliedAt: _appliedAt, samples: _samples, results: _results, ...rest } = begun;
    row = { ...rest, state: 'executing' };
    pause = stored;
    moment = { now: at(row.startedAt, 30), policy: stage.rig.context.policy() };
  });

  const layout = (parts: number) => ({
    onCard: [],
    parts: Array.from({ length: parts }, (_, index) => [{ heading: 'Reasons', text: `${index}` }]),
  });

  test.each([
    [true, 0],
    [false, 2],
  ])('it is asked for; with a pause: %s, in %i parts', (isPaused, parts) => {
    const { emergency, ...rest } = waiting;
    if (emergency === undefined) throw new Error('it is none');
    const { pause: _pause, ...unpaused } = emergency;
    const judged = { ...rest, emergency: isPaused ? emergency : unpaused };
    const expiresAt = at(moment.now, moment.policy.approvalTtlSeconds);
    const { digest } = waiting;
    const version = waiting.version + 1;
    const showing = parts === 0 ? { kind: 'card', digest } : { kind: 'posting', digest, parts, version };
    const body = isPaused
      ? 'Checkout is down.\nApplication argocd/shop is paused meanwhile, for 30 min.'
      : 'Checkout is down.';
    const came = emergencyAsked(waiting, judged, layout(parts), moment);
    expect(came).toMatchObject({
      event: 'emergency_asked',
      next: { ...judged, version, updatedAt: moment.now, expiresAt, showing },
    });
    expect(came.sideEffects).toEqual([
      card,
      ...layout(parts).parts.map((passages, index) => ({
        kind: 'part',
        notice: {
          ...{ kind: 'part', remediationId: waiting.id, number: 1, version },
          ...{ part: index + 1, of: parts, passages },
        },
      })),
      { kind: 'expire', at: expiresAt },
      replyOf(waiting, 'emergency', {
        headline: 'To be done now, before the pull request, if two people approve. Asked by',
        by: 'U0ANN',
        body,
        broadcast: true,
      }),
    ]);
  });

  const possible = (): Extract<Suspension, { kind: 'possible' }> => {
    const [begin] = row.plan.calls;
    if (begin === undefined) throw new Error('nothing is begun');
    return { kind: 'possible', begin, end: pause.end };
  };
  const cleared = (): Transition => {
    const { before: _before, ...plan } = row.plan;
    const next = { ...row, plan: { ...plan, calls: plan.calls.slice(1) } };
    return { event: 'executing', next, sideEffects: [card] };
  };
  const afterwards = (aftermath: Aftermath) => ({ kind: 'aftermath', aftermath, at: at(moment.now, 5) });

  test('what was cleared is begun with its pause, which comes before it', () => {
    const until = at(moment.now, 30 * 60);
    expect(atOnce(cleared(), possible(), moment)).toEqual({
      event: 'executing',
      next: row,
      sideEffects: [card, afterwards({ request: { step: 'wanted' }, pause: { ...pause, until } })],
    });
  });

  test('without a pause that is possible and was asked for there is none', () => {
    const plain = { ...cleared(), sideEffects: [card, afterwards({ request: { step: 'wanted' } })] };
    expect(atOnce(cleared(), undefined, moment)).toEqual(plain);
    const { next } = cleared();
    if (next.state !== 'executing' || next.emergency === undefined) throw new Error('it is none');
    const { pause: _pause, ...emergency } = next.emergency;
    const unasked = { ...cleared(), next: { ...next, emergency } };
    expect(atOnce(unasked, possible(), moment)).toEqual({ ...plain, next: { ...next, emergency } });
  });

  test('what is no emergency, or is not begun, is left as it is', () => {
    const { next } = cleared();
    if (next.state !== 'executing') throw new Error(next.state);
    const { emergency: _emergency, ...usual } = next;
    for (const other of [
      { ...cleared(), next: usual },
      { ...cleared(), next: waiting },
    ])
      expect(atOnce(other, possible(), moment)).toBe(other);
  });

  test('that the pause has begun is said once', () => {
    const headline = 'Paused the automatic sync of Application argocd/shop until 12:30 UTC at the latest';
    expect(pausedReply(row, 1, moment.now)).toEqual([replyOf(row, 'paused', { headline })]);
    for (const answers of [0, 2]) expect(pausedReply(row, answers, moment.now)).toEqual([]);
    const { emergency: _emergency, ...usual } = row;
    expect(pausedReply(usual, 1, moment.now)).toEqual([]);
  });

  describe('a pause that was refused', () => {
    const joined = () => ({ ...possible().begin, sentence: 'Joins a pause.' });
    const again = (
      of: RemediationIn<'executing'>,
      { seconds = 30, found }: { seconds?: number; found?: Suspension } = {},
      wanted: unknown[] = [],
    ) => {
      const cluster: WorkflowContext['cluster'] = {
        ...stage.rig.context.cluster,
        suspension: async (of) => {
          wanted.push(of);
          return found ?? { ...possible(), begin: joined() };
        },
      };
      const context = { ...stage.rig.context, cluster, clock: () => at(row.startedAt, seconds) };
      return pauseAgain(context, of, new AbortController().signal);
    };

    test.each([[undefined], [[]]])('is planned as it has to be now, with the answers %o', async (results) => {
      const wanted: unknown[] = [];
      const given = { ...row, ...(results === undefined ? {} : { results }) };
      const [, ...calls] = row.plan.calls;
      expect(await again(given, {}, wanted)).toEqual({
        event: 'planned_anew',
        next: {
          ...given,
          plan: { ...row.plan, calls: [joined(), ...calls] },
          version: row.version + 1,
          updatedAt: at(row.startedAt, 30),
        },
        sideEffects: [wake(0)],
      });
      expect(wanted).toEqual([{ owner: pause.owner, number: 1, until: at(row.startedAt, 30 * 60) }]);
    });

    test.each<[string, () => Promise<Transition | undefined>]>([
      ['where it is impossible by now', () => again(row, { found: { kind: 'impossible', reason: 'No.' } })],
      ['where the same would be sent', () => again(row, { found: possible() })],
      ['after a minute', () => again(row, { seconds: 60 })],
      [
        'where it was answered',
        () => again({ ...row, results: [{ sentence: 'Paused.', alreadyDone: false, warnings: [] }] }),
      ],
      [
        'where there was none',
        () => {
          const { before: _before, ...plan } = row.plan;
          return again({ ...row, plan });
        },
      ],
      [
        'of no emergency',
        () => {
          const { emergency: _emergency, ...usual } = row;
          return again(usual);
        },
      ],
      ['where nothing is planned', () => again({ ...row, plan: { ...row.plan, calls: [] } })],
    ])('is not planned anew %s', async (_name, came) => {
      expect(await came()).toBeUndefined();
    });

    test('is planned anew for almost a minute', async () => {
      expect(await again(row, { seconds: 59 })).toMatchObject({ event: 'planned_anew' });
    });
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import type { DriftedField } from '../../src/domain/incidents/drift.ts';
import type { Aftermath, BegunPause } from '../../src/domain/manifest/emergency.ts';
import type { Call } from '../../src/domain/plan.ts';
import { after } from '../../src/domain/text/time.ts';
import type { Applied } from '../../src/workflow/applied.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { endPause, leftOn } from '../../src/workflow/lasting/pause-end.ts';
import { type Begun, begunOf } from '../../src/workflow/lasting/request-after.ts';
import type { PauseEnd } from '../../src/workflow/lasting/suspension.ts';
import { HeldBack } from '../../src/workflow/lifecycle/held-back.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { now as actNow, asked, inTwo, left, type Stage } from './emergency-stage.ts';

/* What one try to end a pause comes to, by what is found and what is answered. */

let stage: Stage;
let row: Begun;
let pause: BegunPause;
let aftermath: Aftermath;
let now: string;
beforeEach(async () => {
  stage = await asked();
  await actNow(stage, { pause: true });
  await inTwo(stage, 2);
  const [begun, stored] = [begunOf(stage.rig.row(1)), left(stage)?.aftermath];
  if (begun === undefined || stored?.pause?.step !== 'begun') throw new Error('it was not begun');
  [row, pause, aftermath, now] = [begun, stored.pause, stored, stage.rig.now().now];
});

const inSeconds = (seconds: number) => after(now, seconds);
const applied: Applied = { kind: 'applied', result: { sentence: 'Done.', alreadyDone: false, warnings: [] } };
const refusal = { kind: 'refused', reason: 'No right to patch. password=hunter2hunter2' } as const;
const reason = 'No right to patch. password=[redacted]';
const other = (): Call => ({ ...pause.end, sentence: 'Leaves it to the others.' });
const ours = (others: readonly number[] = [], call = pause.end): PauseEnd => ({ kind: 'ours', call, others });
const touched = (): PauseEnd => ({ kind: 'touched', call: pause.end });
const over = { kind: 'left', others: [] } as const;

interface How {
  /** One after the other; the last again and again. */
  readonly found?: readonly (PauseEnd | Error)[];
  readonly answers?: readonly Applied[];
  readonly drifted?: readonly DriftedField[];
  readonly unended?: BegunPause['unended'];
  readonly request?: Aftermath['request'];
  readonly context?: Partial<WorkflowContext>;
  readonly signal?: AbortSignal;
}

let seen: unknown[];
function end({ found = [ours()], answers = [applied], ...how }: How = {}) {
  seen = [];
  const { context } = stage.rig;
  const next = <T>(all: readonly T[], before: number): T => {
    const one = all[Math.min(before, all.length - 1)];
    if (one === undefined) throw new Error('nothing is answered');
    return one;
  };
  const times = (kind: string) => seen.filter((each) => Array.isArray(each) && each[0] === kind).length;
  const cluster: WorkflowContext['cluster'] = {
    ...context.cluster,
    suspensionEnd: async (wanted) => {
      const came = next(found, times('look'));
      seen.push(['look', wanted]);
      if (came instanceof Error) throw came;
      return came;
    },
    apply: async (call, manager, _signal, fence) => {
      const came = next(answers, times('apply'));
      seen.push(['apply', call, manager, fence === context.fence]);
      return came;
    },
    drifted: async (plan) => {
      seen.push(['drifted', plan.calls]);
      return how.drifted ?? [];
    },
  };
  const probe = async (point: string) => void seen.push(point);
  const given = { ...pause, ...(how.unended === undefined ? {} : { unended: how.unended }) };
  const of = { ...aftermath, request: how.request ?? aftermath.request, pause: given };
  const signal = how.signal ?? new AbortController().signal;
  return endPause({ ...context, cluster, probe, ...how.context }, row, of, given, signal);
}

const what = 'Application argocd/shop';
const told = (headline: string, body: string, broadcast: boolean) => ({
  told: { kind: 'reply', headline, body, broadcast },
});
const ended = (headline: string, sentence: string, broadcast: boolean) => ({
  aftermath: { ...aftermath, pause: { step: 'ended', owner: pause.owner, sentence } },
  dueAt: now,
  ...told(headline, sentence, broadcast),
});
const isBack = `The automatic sync of ${what} is as it was before.`;
const staysFor = (whom: string) => `The automatic sync of ${what} stays paused for ${whom}.`;

test('it is looked at, and put back as what was begun for the remediation', async () => {
  expect(await end()).toEqual(ended('Pause over', isBack, false));
  const { owner, end: call } = pause;
  expect(seen).toEqual([
    ['look', { owner, number: 1, end: call, now }],
    'before-pause-end',
    ['apply', call, row.plan.fieldManager, true],
    'after-pause-end',
  ]);
});

test.each<[string, () => How, string]>([
  ['it was left already', () => ({ found: [over] }), isBack],
  ['others have a part in it', () => ({ found: [ours([43])] }), staysFor('remediation 43')],
  [
    'it was left to others already',
    () => ({ found: [{ kind: 'left', others: [43, 44] }] }),
    staysFor('remediation 43, remediation 44'),
  ],
  ['somebody has touched it, and it is taken', () => ({ found: [touched()] }), isBack],
])('it is over where %s', async (_name, how, sentence) => {
  expect(await end(how())).toEqual(ended('Pause over', sentence, false));
});

test.each([
  [true, true],
  [undefined, false],
] as const)('where people have heard of its trouble (%s), its end is for all (%s)', async (heard, isLoud) => {
  const unended = { times: 2, reason: 'No.', nextAt: now, ...(heard === undefined ? {} : { told: heard }) };
  expect(await end({ unended })).toEqual(ended('Pause over', isBack, isLoud));
});

test('nothing more is due where the request has ended as well', async () => {
  const request = { step: 'ended', sentence: 'It lasts.' } as const;
  expect(await end({ request })).toMatchObject({ dueAt: undefined, aftermath: { request } });
});

describe('what somebody else has written is left to people', () => {
  const by = { manager: 'kubectl-edit', at: '2026-03-01T12:00:00.000Z' };
  const field = { object: 'Application shop', field: 'spec', verified: 'a', now: 'b', by, isBack: false };
  test.each<[string, readonly DriftedField[], string]>([
    ['where nobody is known', [], ''],
    ['with their name', [field], ', since it was written by a person (kubectl-edit)'],
  ])('%s', async (_name, drifted, who) => {
    const sentence = `The automatic sync of ${what} was not put back${who}: ${reason}`;
    expect(await end({ found: [touched()], answers: [refusal], drifted })).toEqual(
      ended('Look at the pause', sentence, true),
    );
    expect(seen.at(-1)).toEqual(['drifted', [row.plan.calls[0]]]);
  });
});

describe('it is held back, and tried anew', () => {
  test('while Firebreak is stopped, before anything is asked', async () => {
    stage.rig.now().shelf.stop = { number: 1, at: now, by: 'U0ANN', reason: 'Wait.' };
    const came = end();
    await expect(came).rejects.toBeInstanceOf(HeldBack);
    await expect(came).rejects.toThrow('Firebreak was stopped (Wait.)');
    expect(seen).toEqual([]);
  });

  test('in a step that was given away', async () => {
    const came = end({ answers: [{ kind: 'late', reason: 'Given away.' }] });
    await expect(came).rejects.toBeInstanceOf(HeldBack);
    await expect(came).rejects.toThrow('Given away.');
  });
});

const trouble = (why: string) =>
  `${why} ${what} does not sync by itself meanwhile. It is tried again until it is put back, or until somebody takes the annotation firebreak.dev/sync-paused away.`;
const again = (unended: BegunPause['unended'], more: object = {}) => ({
  aftermath: { ...aftermath, pause: { ...pause, unended } },
  dueAt: now,
  ...more,
});
const headline = 'The pause could not be ended';

describe('a refusal', () => {
  test('is told, and looked at once more for what would be sent by now', async () => {
    expect(await end({ answers: [refusal] })).toEqual(
      again({ times: 1, reason, nextAt: inSeconds(30), told: true }, told(headline, trouble(reason), true)),
    );
    expect(seen.map((each) => (Array.isArray(each) ? each[0] : each))).toEqual([
      ...['look', 'before-pause-end', 'apply', 'after-pause-end'],
      'look',
    ]);
  });

  test('of what is another call by now is none', async () => {
    expect(await end({ found: [ours(), ours([43], other())], answers: [refusal, applied] })).toEqual(
      ended('Pause over', staysFor('remediation 43'), false),
    );
  });

  test('of the other call as well is not tried a third time', async () => {
    const found = [ours(), ours([], other()), ours()];
    expect(await end({ found, answers: [refusal] })).toMatchObject({
      ...told(headline, trouble(reason), true),
      aftermath: { pause: { unended: { reason } } },
    });
    expect(seen.filter((each) => Array.isArray(each) && each[0] === 'apply')).toHaveLength(2);
  });

  test('that people know of is not told again', async () => {
    const unended = { times: 4, reason: 'No.', nextAt: now, told: true } as const;
    expect(await end({ answers: [refusal], unended })).toEqual(
      again({ times: 5, reason, nextAt: inSeconds(480), told: true }),
    );
  });

  test('comes back at its time where the request has ended', async () => {
    const request = { step: 'ended', sentence: 'It lasts.' } as const;
    expect(await end({ answers: [refusal], request })).toMatchObject({ dueAt: inSeconds(30) });
  });
});

describe('no answer', () => {
  const away = new ClusterFault('The API server does not answer.');
  const why = 'The API server does not answer.';
  test.each([
    [0, 30, false],
    [1, 60, false],
    [2, 120, true],
    [3, 240, true],
    [4, 480, true],
    [5, 900, true],
    [40, 900, true],
  ])('after %i others is tried again in %i s; told: %s', async (times, seconds, isTold) => {
    const unended = times === 0 ? {} : { unended: { times, reason: 'No.', nextAt: now } };
    const next = { times: times + 1, reason: why, nextAt: inSeconds(seconds) };
    expect(await end({ found: [away], ...unended })).toEqual(
      isTold ? again({ ...next, told: true }, told(headline, trouble(why), true)) : again(next),
    );
  });

  test('for now, as when something else is in the way, is no refusal', async () => {
    const blocked = { kind: 'blocked', reason: 'A budget.', afterSeconds: 5 } as const;
    expect(await end({ answers: [blocked] })).toEqual(
      again({ times: 1, reason: 'A budget.', nextAt: inSeconds(30) }),
    );
    expect(await end({ found: [touched()], answers: [blocked] })).toEqual(
      again({ times: 1, reason: 'A budget.', nextAt: inSeconds(30) }),
    );
  });

  test('of another kind, and any while the process stops, is a fault', async () => {
    const broken = new Error('It is broken.');
    await expect(end({ found: [broken] })).rejects.toBe(broken);
    await expect(end({ found: [away], signal: AbortSignal.abort() })).rejects.toBe(away);
  });
});

test('one that is given up is left to people', () => {
  expect(leftOn(aftermath, pause, 'It is no use.', now)).toEqual(
    ended(
      'Look at the pause',
      `It is no use. The automatic sync of ${what} may still be paused: put it back by hand.`,
      true,
    ),
  );
});

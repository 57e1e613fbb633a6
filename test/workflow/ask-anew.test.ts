import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { mayBeAskedAnew, type State } from '../../src/domain/remediation.ts';
import { commandsInstead } from '../../src/workflow/delivery/instead.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig, members, type Rig, type RigOptions } from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';

/* What ended before anything was done can be asked for anew with one click, by whoever may ask for it. */

const text = 'scale deploy/web --replicas=1 -n shop';
const hour = { do: 'pass', seconds: 3600 } as const;

async function ended(how: ScriptStep, options: RigOptions = {}, asked = text): Promise<Rig> {
  const rig = createRig(options);
  for (const step of [{ do: 'ask', text: asked }, { do: 'settle' }, how] as const) await playStep(rig, step);
  expect(mayBeAskedAnew(rig.row(1))).toBe(true);
  return rig;
}

const expired = (options: RigOptions = {}, asked = text) => ended(hour, options, asked);

/** As a click on a card does. */
const press = (rig: Rig, userId = 'U0BEN', number = 1) =>
  rig.commands.askAnew({ remediationId: rig.row(number).id, actor: { userId, teamId: 'T0' } });

test('the same is asked for in the name of whoever clicks, and judged by what is there now', async () => {
  const rig = await expired();
  const first = rig.row(1);
  rig.now().world.replicas = 5;
  expect(await press(rig)).toEqual({
    kind: 'accepted',
    number: 2,
    sentence: 'Asked anew: kubectl scale deployment/web --replicas=1 -n shop',
    notes: [],
  });
  await rig.settle();
  expect(rig.row(2)).toMatchObject({
    state: 'waiting',
    action: first.action,
    requestedBy: { kind: 'person', actor: { userId: 'U0BEN' } },
    facts: { subject: { desired: 5 } },
  });
  expect(rig.now().shelf.approvals).toEqual([]);
  expect(rig.row(1)).toEqual(first);
});

describe('of one card one request is made', () => {
  const asksTheSame = { kind: 'already', sentence: 'Remediation 2 asks the same already.' };

  test('by clicks at the same moment and later ones, of one person and of others', async () => {
    const rig = await expired();
    const answers = await Promise.all([press(rig), press(rig), press(rig, 'U0CAT')]);
    await rig.settle();
    answers.push(await press(rig, 'U0ANN'));
    const [first, ...others] = answers;
    expect(first).toMatchObject({ kind: 'accepted', number: 2 });
    expect(others).toEqual([asksTheSame, asksTheSame, asksTheSame]);
    expect(rig.now().shelf.remediations).toHaveLength(2);
  });

  test('and none where somebody has typed the same meanwhile', async () => {
    const rig = await expired();
    await playStep(rig, { do: 'ask', text });
    expect(await press(rig)).toEqual(asksTheSame);
    expect(rig.now().shelf.remediations).toHaveLength(2);
  });

  test('with the place of its card, where it has one', async () => {
    const rig = await expired();
    const place = { channel: 'C0OPS', ts: '1.2' };
    Object.assign(rig.context, { notified: { choose: async () => undefined, cardOf: async () => place } });
    await press(rig);
    expect(await press(rig)).toEqual({ ...asksTheSame, place });
  });

  test('and how that one ended is said, with what to do', async () => {
    const rig = await expired();
    await press(rig);
    await rig.settle();
    await playStep(rig, hour);
    const sentence =
      'This was asked for before. Remediation 2 has expired. To ask once more, click Ask anew on its card.';
    expect(await press(rig)).toEqual({ kind: 'already', sentence });
    expect(await press(rig, 'U0BEN', 2)).toMatchObject({ kind: 'accepted', number: 3 });
  });

  test('also where its card has no such button', async () => {
    const rig = await expired();
    rig.now().world.absent = true;
    await press(rig);
    await rig.settle();
    expect(rig.row(2)).toMatchObject({ state: 'no_action', failure: expect.stringContaining('web') });
    expect(await press(rig)).toEqual({
      kind: 'already',
      sentence:
        'This was asked for before. Remediation 2 came to nothing: there was nothing that could be done. To ask once more, type: /remediate kubectl scale deployment/web --replicas=1 -n shop',
    });
  });
});

describe('the reason goes along, and says from where', () => {
  test.each([
    ['as it was given', `${text} -- checkout fails`, 'checkout fails (from remediation 1)'],
    ['cut where it is long', `${text} -- ${'x'.repeat(600)}`, `${'x'.repeat(478)}… (from remediation 1)`],
    ['where there was none', text, undefined],
  ])('%s', async (_case, asked, reason) => {
    const rig = await expired({}, asked);
    await press(rig);
    expect(rig.row(2).reason).toBe(reason);
    expect(reason?.length ?? 0).toBeLessThanOrEqual(500);
  });

  test('once, however often it is asked for', async () => {
    const rig = await expired({}, `${text} -- checkout fails`);
    await press(rig);
    await rig.settle();
    await playStep(rig, hour);
    await press(rig, 'U0CAT', 2);
    expect(rig.row(3).reason).toBe('checkout fails (from remediation 1)');
  });

  test('without a secret that got into it', async () => {
    const rig = await expired();
    const secret = ['gh', 'p_', 'a1B2c3D4e5F6'.repeat(3)].join('');
    Object.assign(rig.row(1), { reason: `with ${secret}` });
    await press(rig);
    expect(rig.row(2).reason).not.toContain(secret.slice(0, 20));
    expect(rig.row(2).reason).toMatch(/^with .*\(from remediation 1\)$/);
  });
});

describe('how the earlier one ended stays with it', () => {
  const earlier = { number: 1, askedBy: 'U0ASK' };
  const reject = { do: 'reject', by: 'U0ANN', reason: 'Wait for the fix' } as const;

  test('expired', async () => {
    const rig = await expired();
    await press(rig);
    const { id: remediation } = rig.row(1);
    expect(rig.row(2).anew).toEqual([
      { ...earlier, remediation, ended: 'expired', at: '2026-03-01T13:00:00.000Z' },
    ]);
  });

  test('rejected, by whom and in which words', async () => {
    const rig = await ended(reject);
    await press(rig);
    expect(rig.row(2).anew).toMatchObject([
      { ...earlier, ended: 'rejected', rejectedBy: 'U0ANN', because: 'Wait for the fix' },
    ]);
  });

  test('withdrawn, and why', async () => {
    const judged = remediationIn('no_action', { number: 1 });
    const rig = createRig();
    rig.now().shelf.remediations.push(judged);
    await press(rig);
    expect(rig.row(2).anew).toMatchObject([
      { number: 1, ended: 'withdrawn', because: 'the patch was refused' },
    ]);
  });

  test('all of them, so that none is forgotten by asking twice', async () => {
    const rig = await ended(reject);
    await press(rig);
    await rig.settle();
    await playStep(rig, hour);
    await press(rig, 'U0CAT', 2);
    expect(rig.row(3).anew).toMatchObject([
      { number: 1, ended: 'rejected' },
      { number: 2, ended: 'expired', askedBy: 'U0BEN' },
    ]);
  });
});

describe('nothing is asked for', () => {
  test('by who may not, who is told so', async () => {
    const mayAsk: (typeof members)['mayAsk'] = async (actor, requesters) =>
      actor.userId === 'U0GUEST'
        ? { kind: 'refused', reason: 'Guests of the workspace cannot ask.' }
        : members.mayAsk(actor, requesters);
    const rig = await expired({ people: { ...members, mayAsk } });
    expect(await press(rig, 'U0GUEST')).toEqual({
      kind: 'denied',
      sentence: 'Guests of the workspace cannot ask.',
    });
    expect(rig.now().shelf.remediations).toHaveLength(1);
    expect(rig.now().shelf.log.at(-1)).toMatchObject({
      command: 'kubectl scale deployment/web --replicas=1 -n shop',
      detail: 'refused: Guests of the workspace cannot ask.',
    });
    const { length } = rig.now().shelf.log;
    await press(rig, 'U0GUEST');
    expect(rig.now().shelf.log, 'one line, however often').toHaveLength(length);
  });

  test('by who clicks more often than the policy lets them ask', async () => {
    const strict = policy.parse({ version: 1, changesPerMinute: 2 });
    const rig = await expired({ policy: () => strict });
    const kinds = [];
    for (let nth = 0; nth < 4; nth += 1) kinds.push((await press(rig)).kind);
    expect(kinds).toEqual(['accepted', 'already', 'denied', 'denied']);
  });

  test('from a card that is not known', async () => {
    const rig = createRig();
    const actor = { userId: 'U0BEN', teamId: 'T0' };
    expect(
      await rig.commands.askAnew({ remediationId: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0009', actor }),
    ).toEqual({
      kind: 'denied',
      sentence: 'This card belongs to no remediation that Firebreak knows.',
    });
  });

  test('from a card that asks for a decision, whatever a click says', async () => {
    const rig = createRig();
    await playStep(rig, { do: 'ask', text });
    await rig.settle();
    expect(await press(rig)).toEqual({
      kind: 'denied',
      sentence: 'Remediation 1 is none that can be asked for anew.',
    });
  });

  test('of a cluster that is not there any more', async () => {
    const rig = await expired();
    Object.assign(rig.row(1), { cluster: 'gone' });
    expect(await press(rig)).toEqual({
      kind: 'denied',
      sentence: `There is no cluster "gone" here; there is ${rig.context.cluster.name}.`,
    });
  });
});

describe('it may be asked for anew', () => {
  test.each<[State, boolean]>([
    ...(['expired', 'rejected', 'no_action'] as const).map((state) => [state, true] as [State, boolean]),
    ...(['superseded', 'waiting', 'blocked', 'succeeded', 'failed'] as const).map(
      (state) => [state, false] as [State, boolean],
    ),
  ])('where it is %s: %s', (state, may) => {
    expect(mayBeAskedAnew(remediationIn(state))).toBe(may);
    expect(commandsInstead(remediationIn(state))).toEqual([]);
  });

  test.each(['expired', 'rejected'] as const)(
    'but not where it went into a repository, in which it may still be merged: %s',
    (state) => {
      const row = remediationIn(state);
      if (row.state !== 'expired' && row.state !== 'rejected') throw new Error(row.state);
      const request = { step: 'open', branch: 'b', commit: 'c'.repeat(40), openedAt: noon } as const;
      expect(mayBeAskedAnew({ ...row, request })).toBe(false);
    },
  );

  test('but not where nothing was judged', () => {
    const row = remediationIn('no_action');
    if (row.state !== 'no_action') throw new Error(row.state);
    expect(mayBeAskedAnew({ ...row, spec: undefined })).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import type { Occasion, People, Right } from '../../src/workflow/ports.ts';
import { createRig, members, type Rig, type RigOptions } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const actorOf = (userId: string) => ({ userId, teamId: 'T0' });
const guest: Right = { kind: 'refused', reason: 'Guests of the workspace cannot ask.' };
const away: Right = {
  kind: 'unknown',
  reason: 'Your right to ask could not be checked, so nothing was done: Slack did not answer. Try again.',
};

/** Full members but for those of whom something else is said; notes what it was asked. */
function peopleWith(others: Readonly<Record<string, Right>>) {
  const asked: (readonly [string, Occasion | undefined])[] = [];
  const answer = async (userId: string, occasion: Occasion | undefined, right: Promise<Right>) => {
    asked.push([userId, occasion]);
    return others[userId] ?? right;
  };
  const people: People = {
    mayAsk: (actor, named, occasion) => answer(actor.userId, occasion, members.mayAsk(actor, named)),
    mayApprove: (actor, named, occasion) => answer(actor.userId, occasion, members.mayApprove(actor, named)),
  };
  return { people, asked };
}

const restart = 'rollout restart deployment/web -n shop';

function say(rig: Rig, by: string, text: string, channel?: string) {
  const where = channel === undefined ? {} : { channel };
  return rig.commands.remediate({ text, actor: actorOf(by), ...where, requestKey: `${by} ${text}` });
}

const denied = (sentence: unknown) => ({ kind: 'denied', sentence });

describe('who is no full member is told so in one sentence, whatever they type', () => {
  test.each([restart, 'status', 'status 1', 'history', 'help', '', 'no command at all', 'scale'])(
    '%j',
    async (text) => {
      const { people } = peopleWith({ U0GUEST: guest });
      let looked = false;
      const rig = createRig({ people });
      const { cluster } = rig.context;
      cluster.gather = async () => {
        looked = true;
        return [];
      };
      expect(await say(rig, 'U0GUEST', text)).toEqual(denied('Guests of the workspace cannot ask.'));
      await rig.settle();
      expect(looked).toBe(false);
      const { remediations, incidents, jobs, log } = rig.now().shelf;
      expect([remediations, incidents, jobs]).toEqual([[], [], []]);
      expect(log).toEqual([
        expect.objectContaining({ outcome: 'no_action', detail: `refused: ${guest.reason}` }),
      ]);
    },
  );

  test('and is written down once for each request, with the command', async () => {
    const { people } = peopleWith({ U0GUEST: guest });
    const rig = createRig({ people });
    await say(rig, 'U0GUEST', restart);
    await say(rig, 'U0GUEST', restart);
    expect(rig.now().shelf.log).toMatchObject([{ command: `kubectl ${restart}` }]);
  });

  test('even when it cannot be written down', async () => {
    const { people } = peopleWith({ U0GUEST: guest });
    const rig = createRig({ people });
    Object.assign(rig.context.store, { recordDenied: () => Promise.reject(new Error('database away')) });
    expect(await say(rig, 'U0GUEST', restart)).toEqual(denied(guest.reason));
  });
});

test('while it cannot be looked up who asks, nothing is opened', async () => {
  const { people } = peopleWith({ U0ASK: away });
  const rig = createRig({ people });
  expect(await say(rig, 'U0ASK', restart)).toEqual(denied(away.reason));
  expect(rig.now().shelf.remediations).toEqual([]);
});

const withRequesters = (more: object): Policy =>
  policy.parse({
    version: 1,
    approvers: { human: { users: ['U0ANN'] }, dual: { users: ['U0ANN'] } },
    ...more,
  });

describe('requesters of the policy', () => {
  test.each<[string, object, string, string | undefined, string | RegExp]>([
    ['nobody named', {}, 'U0ASK', undefined, 'accepted'],
    ['a person', { requesters: { users: ['U0ASK'] } }, 'U0ASK', undefined, 'accepted'],
    ['another person', { requesters: { users: ['U0ELSE'] } }, 'U0ASK', undefined, /may not ask/],
    ['a channel, in it', { requesters: { channels: ['C0OPS'] } }, 'U0ASK', 'C0OPS', 'accepted'],
    [
      'a channel, in another',
      { requesters: { channels: ['C0OPS'] } },
      'U0ASK',
      'C0ELSE',
      'This may be asked for only in the channel C0OPS.',
    ],
    [
      'channels, where there are none',
      { requesters: { channels: ['C0OPS', 'C0INC'] } },
      'U0ASK',
      undefined,
      /C0OPS, C0INC/,
    ],
    [
      'an environment, by name',
      { environments: { s: { match: { names: ['shop'] }, requesters: { users: ['U0ELSE'] } } } },
      'U0ASK',
      undefined,
      /may not ask/,
    ],
    [
      'an environment, that lets more ask',
      {
        requesters: { users: [] },
        environments: { s: { match: { names: ['shop'] }, requesters: { users: ['U0ASK'] } } },
      },
      'U0ASK',
      undefined,
      'accepted',
    ],
  ])('%s', async (_name, more, by, channel, expected) => {
    const rig = createRig({ policy: () => withRequesters(more) });
    const answer = await say(rig, by, restart, channel);
    if (answer.kind === 'denied')
      expect(answer.sentence).toEqual(
        expected instanceof RegExp ? expect.stringMatching(expected) : expected,
      );
    else expect(answer.kind).toBe(expected);
    expect(rig.now().shelf.remediations).toHaveLength(answer.kind === 'accepted' ? 1 : 0);
  });
});

describe('an environment of a label', () => {
  const labelled = (requesters: object, own?: object) =>
    withRequesters({
      ...(own === undefined ? {} : { requesters: own }),
      environments: { live: { match: { labels: { stage: 'live' } }, requesters } },
    });
  const options = (chosen: Policy, labels: Record<string, string> | undefined): RigOptions => ({
    policy: () => chosen,
    namespaceLabels: labels,
  });
  const both = { users: ['U0ASK', 'U0ELSE'] };

  test.each<[string, Policy, Record<string, string> | undefined, string, string, string | undefined]>([
    ['is not this one', labelled({ users: ['U0ELSE'] }), {}, 'accepted', 'approved', undefined],
    [
      'is this one',
      labelled({ users: ['U0ELSE'] }),
      { stage: 'live' },
      'accepted',
      'no_action',
      'may not ask',
    ],
    [
      'lets ask',
      labelled({ users: ['U0ASK'] }, { users: [] }),
      { stage: 'live' },
      'accepted',
      'approved',
      undefined,
    ],
    [
      'lets ask and is not this one',
      labelled({ users: ['U0ASK'] }, { users: [] }),
      {},
      'accepted',
      'no_action',
      'may not ask',
    ],
    ['is not known, and both let ask', labelled(both, both), undefined, 'accepted', 'approved', undefined],
    [
      'is not known, and one does not let ask',
      labelled(both, { users: [] }),
      undefined,
      'accepted',
      'no_action',
      'may not ask',
    ],
    ['nor the policy lets ask', labelled({ users: [] }, { users: [] }), {}, 'denied', '', undefined],
    [
      'is one of another channel',
      labelled({ channels: ['C0LIVE'] }),
      { stage: 'live' },
      'accepted',
      'no_action',
      'only in the channel C0LIVE',
    ],
  ])('that %s', async (_name, chosen, labels, answer, state, failure) => {
    const rig = createRig(options(chosen, labels));
    expect((await say(rig, 'U0ASK', 'scale deployment/web --replicas=4 -n shop')).kind).toBe(answer);
    if (answer === 'denied') return;
    await rig.wake();
    await rig.wake();
    const row = rig.row(1);
    expect(state === 'approved' ? row.state !== 'no_action' : row.state === state, row.state).toBe(true);
    if (failure !== undefined) expect(row).toMatchObject({ failure: expect.stringContaining(failure) });
    if (state === 'no_action') expect(rig.now().shelf.log).toMatchObject([{ outcome: 'no_action' }]);
  });

  test('that could not be looked up ends after some attempts, unjudged', async () => {
    let known = true;
    const { people } = peopleWith({});
    const rig = createRig({
      ...options(labelled({ users: ['U0ASK'] }, { users: [] }), { stage: 'live' }),
      people: { ...people, mayAsk: async (...given) => (known ? people.mayAsk(...given) : away) },
    });
    await say(rig, 'U0ASK', restart);
    known = false;
    await rig.settle();
    expect(rig.row(1)).toMatchObject({ state: 'failed', stage: 'evaluation', failure: away.reason });
    expect(rig.now().world.writes).toEqual([]);
  });
});

describe('what somebody may see', () => {
  const chosen = withRequesters({
    requesters: { users: ['U0ASK', 'U0OTHER'] },
    environments: { prod: { match: { names: ['production'] }, requesters: { users: ['U0ASK'] } } },
  });
  async function two(): Promise<Rig> {
    const rig = createRig({ policy: () => chosen });
    for (const namespace of ['shop', 'production'])
      await playStep(rig, {
        do: 'ask',
        text: `scale deployment/web --replicas=1 -n ${namespace}`,
      });
    await playStep(rig, { do: 'settle' });
    return rig;
  }

  test.each<[string, string, string, readonly string[]]>([
    ['who may ask everywhere', 'U0ASK', 'all', ['2  ', '1  ']],
    ['who may ask somewhere', 'U0OTHER', 'some', ['1  ', '1 more where you may neither ask nor approve.']],
    ['who may only approve', 'U0ANN', 'all', ['2  ', '1  ']],
  ])('in the lists: %s', async (_name, by, _what, begins) => {
    const rig = await two();
    for (const text of ['status', 'history']) {
      const answer = await say(rig, by, text);
      const lines =
        answer.kind === 'text'
          ? answer.lines
          : answer.kind === 'list'
            ? answer.lines.map((line) => line.text)
            : [];
      expect(lines.map((line, index) => line.slice(0, begins[index]?.length))).toEqual(begins);
    }
  });

  test.each<[string, string, readonly [boolean, boolean]]>([
    ['who may ask everywhere', 'U0ASK', [true, true]],
    ['who may ask somewhere', 'U0OTHER', [true, false]],
    ['who may only approve', 'U0ANN', [true, true]],
    ['who may neither', 'U0ELSE', [false, false]],
  ])('of one: %s', async (_name, by, seen) => {
    const rig = await two();
    for (const [index, is] of seen.entries()) {
      const { id } = rig.row(index + 1);
      const details = await rig.commands.details({ id, actor: actorOf(by) });
      expect(details.kind).toBe(is ? 'details' : 'denied');
      expect((await say(rig, by, `status ${index + 1}`)).kind).toBe(is ? 'text' : 'denied');
    }
  });

  test('who may neither ask nor approve anywhere gets no list', async () => {
    expect((await say(await two(), 'U0ELSE', 'history')).kind).toBe('denied');
  });
});

describe('withdrawing', () => {
  const waiting = async (others: Record<string, Right>) => {
    const { people, asked } = peopleWith(others);
    const rig = createRig({ people });
    await playStep(rig, { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop' });
    await playStep(rig, { do: 'settle' });
    return { rig, asked, others };
  };
  const click = (rig: Rig, by: string) => {
    const row = rig.row(1);
    const digest = 'digest' in row ? (row.digest ?? '') : '';
    return rig.commands.vote({ remediationId: row.id, digest, actor: actorOf(by), decision: 'reject' });
  };

  test.each<[string, Right | undefined, string]>([
    ['a full member', undefined, 'recorded'],
    ['while the chat is away: stopping does no harm', away, 'recorded'],
    ['a guest by now', guest, 'refused'],
  ])('%s', async (_name, right, kind) => {
    const others: Record<string, Right> = {};
    const { rig } = await waiting(others);
    if (right !== undefined) others['U0ASK'] = right;
    expect((await click(rig, 'U0ASK')).kind).toBe(kind);
  });
});

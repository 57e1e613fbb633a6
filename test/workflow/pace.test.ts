import { expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { after } from '../../src/domain/text/time.ts';
import { createPace, type Doing } from '../../src/workflow/intake/pace.ts';
import { noon } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';

const asked = (userId: string, nth: number, doing: Doing = 'change') => ({
  userId,
  doing,
  requestKey: `${userId}:${nth}`,
});

test('one person too many is told how many, and when to ask again; others are not kept waiting', () => {
  const pace = createPace();
  for (let nth = 0; nth < 3; nth += 1)
    expect(pace.tooMany(asked('U0ALICE', nth), 3, after(noon, nth))).toBeUndefined();
  expect(pace.tooMany(asked('U0ALICE', 3), 3, after(noon, 20))?.reason).toMatch(
    /^You have asked for 3 changes within a minute, .* ask again in 40 s\.$/,
  );
  expect(pace.tooMany(asked('U0BOB', 0), 3, after(noon, 20))).toBeUndefined();
  expect(pace.tooMany(asked('U0ALICE', 2), 3, after(noon, 20)), 'the same request again').toBeUndefined();
  expect(pace.tooMany(asked('U0ALICE', 4), 3, after(noon, 60))).toBeUndefined();
  expect(pace.tooMany(asked('U0ALICE', 5), 3, after(noon, 60))?.kind).toBe('refused');
});

test('what somebody does is counted apart, and told as news once a minute', () => {
  const pace = createPace();
  const doings = ['change', 'look', 'click', 'reject'] as const;
  for (const doing of doings) expect(pace.tooMany(asked('U0ALICE', 0, doing), 1, noon)).toBeUndefined();
  for (const doing of doings) {
    const again = (nth: number, at: number) => pace.tooMany(asked('U0ALICE', nth, doing), 1, after(noon, at));
    expect(again(1, 1)).toMatchObject({ kind: 'refused', isFirst: true });
    expect(again(2, 2)).toMatchObject({ kind: 'refused', isFirst: false });
    expect(again(3, 60)).toBeUndefined();
    expect(again(4, 61)).toMatchObject({ kind: 'refused', isFirst: true });
  }
});

test('however many people come, none is kept from asking by others', () => {
  const pace = createPace();
  for (let nth = 0; nth < 5_000; nth += 1)
    expect(pace.tooMany(asked(`U${nth}`, 0), 1, after(noon, nth))).toBeUndefined();
});

test('who hammers is refused what is too much, and one line a minute is kept of it', async () => {
  const strict = policy.parse({ version: 1, changesPerMinute: 2 });
  const rig = createRig({ policy: () => strict });
  const say = (nth: number, text = `rollout restart deployment/web-${nth} -n shop`, userId = 'U0ASK') =>
    rig.commands.remediate({ text, actor: { userId, teamId: 'T0' }, requestKey: `k${nth}` });
  const kinds = [];
  for (let nth = 0; nth < 6; nth += 1) kinds.push((await say(nth)).kind);
  expect(kinds).toEqual(['accepted', 'accepted', 'denied', 'denied', 'denied', 'denied']);
  expect((await say(1)).kind, 'the same request again').toBe('accepted');
  expect((await say(6, 'status')).kind).toBe('text');
  expect((await say(7, undefined, 'U0OTHER')).kind).toBe('accepted');
  const { log } = rig.now().shelf;
  expect(log.filter(({ detail }) => detail?.includes('within a minute'))).toHaveLength(1);
  await rig.pass(60);
  expect((await say(8)).kind).toBe('accepted');
});

test('who hammers a button asks nobody who they are any more, and can still reject and stop', async () => {
  const strict = policy.parse({ version: 1, changesPerMinute: 2 });
  const rig = createRig({ policy: () => strict });
  await rig.commands.remediate({
    text: 'scale deploy/web --replicas=1 -n shop',
    actor: { userId: 'U0ASK', teamId: 'T0' },
    requestKey: 'k0',
  });
  await rig.settle();
  const row = rig.row(1);
  const actor = { userId: 'U0ELSE', teamId: 'T0' };
  const vote = (decision: 'approve' | 'reject') =>
    rig.commands.vote({ remediationId: row.id, digest: '', actor, decision });
  const told: string[] = [];
  for (let nth = 0; nth < 70; nth += 1) told.push((await vote('approve')).sentence);
  expect(told.filter((sentence) => sentence === 'U0ELSE is not an approver.')).toHaveLength(60);
  expect(told.filter((sentence) => sentence.startsWith('You have clicked 60 times'))).toHaveLength(10);
  const { log } = rig.now().shelf;
  expect(log.filter(({ detail }) => detail?.includes('within a minute'))).toHaveLength(1);
  expect((await rig.commands.details({ id: row.id, actor })).kind).toBe('denied');
  expect((await vote('reject')).sentence).toBe('U0ELSE is not an approver.');
});

test('looks are counted, and stopping never is', async () => {
  const strict = policy.parse({ version: 1, changesPerMinute: 2 });
  const rig = createRig({ policy: () => strict });
  const say = (nth: number, text: string) =>
    rig.commands.remediate({ text, actor: { userId: 'U0ANN', teamId: 'T0' }, requestKey: `k${nth}` });
  const kinds = [];
  for (let nth = 0; nth < 62; nth += 1)
    kinds.push((await say(nth, nth % 2 ? 'rollout restrat web' : 'status')).kind);
  expect(kinds.slice(0, 2)).toEqual(['text', 'refused']);
  expect(kinds.slice(59)).toEqual(['refused', 'denied', 'denied']);
  for (let nth = 100; nth < 164; nth += 1) {
    expect(JSON.stringify(await say(nth, 'stop the wrong release'))).not.toContain('within a minute');
  }
});

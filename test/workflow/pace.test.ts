import { expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { after } from '../../src/domain/text/time.ts';
import { createPace } from '../../src/workflow/intake/pace.ts';
import { noon } from '../fixtures/facts.ts';
import { createRig } from '../fixtures/rig.ts';

const asked = (userId: string, nth: number) => ({ userId, requestKey: `${userId}:${nth}` });

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

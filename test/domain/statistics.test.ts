import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Counted, statisticsOf, timesOf } from '../../src/domain/insight/statistics.ts';

test.each([
  ['nothing', [], undefined],
  ['one', [7], { count: 1, half: 7, most: 7 }],
  ['two', [1, 9], { count: 2, half: 1, most: 9 }],
  ['a hundred', Array.from({ length: 100 }, (_, n) => n + 1), { count: 100, half: 50, most: 95 }],
  ['twenty', Array.from({ length: 20 }, (_, n) => 20 - n), { count: 20, half: 10, most: 19 }],
  ['some that did not come so far', [undefined, 3, undefined], { count: 1, half: 3, most: 3 }],
  [
    'ten, where 10 is less than 9 as a text',
    [10, 9, 1, 2, 3, 4, 5, 6, 7, 8],
    { count: 10, half: 5, most: 10 },
  ],
])('times of %s', (_, seconds, expected) => {
  expect(timesOf(seconds)).toEqual(expected);
});

test('as many as are told were there within each time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), (seconds) => {
      const { half, most } = timesOf(seconds) ?? { half: -1, most: -1 };
      const within = (limit: number) => seconds.filter((each) => each <= limit).length / seconds.length;
      expect(within(half)).toBeGreaterThanOrEqual(0.5);
      expect(within(most)).toBeGreaterThanOrEqual(0.95);
      expect(seconds.filter((each) => each < half).length / seconds.length).toBeLessThan(0.5);
    }),
  );
});

const one = (more: Partial<Counted> = {}): Counted => ({
  number: 1,
  verb: 'scale',
  tier: 'human',
  state: 'succeeded',
  standing: 'verified',
  isCarriedOut: true,
  isVerified: true,
  approvals: 1,
  ...more,
});
const early = one({ standing: 'too early' });
const refuted = one({ state: 'failed', standing: 'not_verified', isVerified: false });
const undone = one({ standing: 'did not last' });
const unclear = one({ state: 'inconclusive', standing: 'inconclusive', isVerified: false });
const expired = one({
  state: 'expired',
  standing: 'not carried out',
  isCarriedOut: false,
  isVerified: false,
});
const rejected = { ...expired, state: 'rejected' };
const waiting = { ...expired, state: 'waiting', standing: 'open', waitingSeconds: 60, approvals: 0 } as const;

const none = {
  asked: 0,
  carriedOut: 0,
  verified: 0,
  notVerified: 0,
  inconclusive: 0,
  lasted: 0,
  didNotLast: 0,
};
test.each<[string, readonly Counted[], object]>([
  ['nothing', [], none],
  ['what lasted', [one()], { ...none, asked: 1, carriedOut: 1, verified: 1, lasted: 1 }],
  ['what is too young', [early], { ...none, asked: 1, carriedOut: 1, verified: 1 }],
  ['what was undone', [undone], { ...none, asked: 1, carriedOut: 1, verified: 1, didNotLast: 1 }],
  ['what did not help', [refuted], { ...none, asked: 1, carriedOut: 1, notVerified: 1 }],
  ['what was not seen', [unclear], { ...none, asked: 1, carriedOut: 1, inconclusive: 1 }],
  ['what was not carried out', [expired, rejected, waiting], { ...none, asked: 3 }],
])('the outcome of %s', (_, counted, expected) => {
  expect(statisticsOf(counted).all).toEqual({ name: 'all', ...expected });
});

test('by action and by playbook, the most carried out first', () => {
  const byRestart = one({ verb: 'rollout restart', playbook: 'restart' });
  const { actions, playbooks } = statisticsOf([one(), byRestart, byRestart, { ...expired, verb: 'cordon' }]);
  expect(actions.map(({ name, asked }) => [name, asked])).toEqual([
    ['rollout restart', 2],
    ['scale', 1],
    ['cordon', 1],
  ]);
  expect(playbooks.map(({ name, lasted }) => [name, lasted])).toEqual([['restart', 2]]);
});

test('by tier, in the order of risk', () => {
  const dual = one({ tier: 'dual' });
  const { tiers } = statisticsOf([
    dual,
    one(),
    rejected,
    expired,
    waiting,
    one({ tier: 'auto', approvals: 0 }),
  ]);
  expect(tiers).toEqual([
    { tier: 'auto', asked: 1, carriedOut: 1, rejected: 0, unanswered: 0, waiting: 0 },
    { tier: 'human', asked: 4, carriedOut: 1, rejected: 1, unanswered: 1, waiting: 1 },
    { tier: 'dual', asked: 1, carriedOut: 1, rejected: 0, unanswered: 0, waiting: 0 },
  ]);
});

test('those that wait, the longest first', () => {
  const at = (number: number, waitingSeconds: number) => ({ ...waiting, number, waitingSeconds });
  const { waiting: found } = statisticsOf([at(3, 60), at(1, 60), at(2, 600), one()]);
  expect(found.map(({ number }) => number)).toEqual([2, 1, 3]);
});

import { expect, test } from 'vitest';
import { type Counted, statisticsOf } from '../../../src/domain/insight/statistics.ts';
import { durationText, statisticsText } from '../../../src/stages/show/statistics-text.ts';

const done: Counted = {
  number: 1,
  verb: 'scale',
  playbook: 'grow',
  tier: 'human',
  state: 'succeeded',
  standing: 'verified',
  isCarriedOut: true,
  isVerified: true,
  cardSeconds: 2.04,
  approvalSeconds: 240,
  verdictSeconds: 7200,
  approvals: 1,
};
const waiting: Counted = {
  number: 7,
  verb: 'cordon',
  tier: 'dual',
  state: 'waiting',
  standing: 'open',
  isCarriedOut: false,
  isVerified: false,
  waitingSeconds: 5400,
  approvals: 1,
};

test('says what was done, how long it took, and who is waited for', () => {
  const text = statisticsText(statisticsOf([done, waiting]), new Map([[7, '1 group may approve']]));
  expect(text).toEqual([
    '2 asked for, 1 carried out: 1 verified, 0 not verified, 0 inconclusive.',
    'Of 1 verified ones that are old enough 1 lasted.',
    '',
    'Time              p50    p95    of',
    'request to card   2 s    2 s    1',
    'card to approval  4 min  4 min  1',
    'start to verdict  2 h    2 h    1',
    '',
    'Action  asked  done  verified  not  lasted',
    'scale   1      1     1         0    1 of 1',
    'cordon  1      0     0         0    -',
    '',
    'Playbook  asked  done  verified  not  lasted',
    'grow      1      1     1         0    1 of 1',
    '',
    'Tier   asked  done  rejected  unanswered  waiting',
    'human  1      1     0         0           0',
    'dual   1      0     0         0           1',
    '',
    'Remediation 7 (dual, 1 approved) has waited 90 min; 1 group may approve',
  ]);
});

test('is no longer than a message, however much was done', () => {
  const many = Array.from({ length: 500 }, (_, number) => [
    { ...done, number, verb: `verb-${number}`, playbook: `a-playbook-of-a-long-name-${number}` },
    { ...waiting, number: 500 + number },
  ]).flat();
  const text = statisticsText(statisticsOf(many), new Map()).join('\n');
  expect(text.length).toBeLessThan(2900);
  expect(text).toContain('... and 491 more');
  expect(text).toContain('... and 495 more wait');
});

test.each([
  [0, '0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [99, '99 s'],
  [100, '2 min'],
  [5400, '90 min'],
  [7200, '2 h'],
  [86_400, '24 h'],
  [172_800, '2 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

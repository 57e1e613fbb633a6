import { describe, expect, it } from 'vitest';
import type { VerificationPlan } from '../../../src/domain/policy/policy.ts';
import { after } from '../../../src/domain/text/time.ts';
import type { Sample } from '../../../src/domain/verdict.ts';
import { conclude, planText } from '../../../src/stages/verify/conclude.ts';
import { cordonNode, defaultPolicy, deletePodIn, noon, restartOf, scaleTo } from '../../fixtures/facts.ts';

const plan: VerificationPlan = {
  initialDelaySeconds: 10,
  intervalSeconds: 5,
  goodSamples: 3,
  badSamples: 2,
  errorSamples: 4,
  deadlineSeconds: 120,
};

const grades = { g: 'good', b: 'bad', p: 'pending', e: 'error', x: 'pending' } as const;
const isLetter = (letter: string): letter is keyof typeof grades => Object.hasOwn(grades, letter);

/** `ggb`: one sample for each letter; `x` is one under which a condition of the card does not hold. */
const samplesOf = (letters: string): Sample[] =>
  [...letters].filter(isLetter).map((letter, i) => ({
    at: after(noon, i),
    grade: grades[letter],
    sentence: `Look ${i + 1} was ${grades[letter]}.`,
    ...(letter === 'x' ? { broken: 'The Service is empty.' } : {}),
  }));

const answer = (letters: string, seconds: number): string => {
  const samples = samplesOf(letters);
  const result = conclude({ plan, samples, appliedAt: noon, now: after(noon, seconds) });
  if (result.kind === 'continue') return `continue after ${result.afterSeconds} s`;
  expect(result.kind).toBe('verdict');
  expect(result.verdict.samples).toEqual(samples);
  expect(result.verdict.decidedAt).toBe(after(noon, seconds));
  return `${result.verdict.result}: ${result.verdict.sentence}`;
};

describe('conclude', () => {
  it.each<[string, string, number, string]>([
    ['waits the initial delay first', '', 0, 'continue after 10 s'],
    ['waits what is left of it', '', 4, 'continue after 6 s'],
    ['waits whole seconds', '', 4.2, 'continue after 6 s'],
    ['checks at once when the delay is over', '', 30, 'continue after 0 s'],
    ['goes on after two good checks', 'gg', 20, 'continue after 5 s'],
    ['three good checks in a row', 'ggg', 25, 'verified: Look 3 was good.'],
    ['good checks must be in a row', 'ggpg', 25, 'continue after 5 s'],
    ['an error interrupts the row', 'ggegg', 25, 'continue after 5 s'],
    ['one bad check is survived', 'bggg', 30, 'verified: Look 4 was good.'],
    ['bad checks are counted over the whole watch', 'bggb', 30, 'not_verified: Look 4 was bad.'],
    ['errors below the limit', 'eee', 30, 'continue after 5 s'],
    [
      'errors at the limit',
      'eeee',
      30,
      'inconclusive: Nothing could be seen 4 times in a row: Look 4 was error.',
    ],
    ['errors count in a row', 'eeepe', 30, 'continue after 5 s'],
    ['the last check comes at the deadline', 'p', 117, 'continue after 3 s'],
    ['never finished', 'ppp', 120, 'inconclusive: Not finished after 2 min: Look 3 was pending.'],
    [
      'never finished, and once seen to fail',
      'pbp',
      120,
      'not_verified: Not finished after 2 min: Look 2 was bad.',
    ],
    ['too few good checks', 'pgg', 121, 'inconclusive: Not finished after 2 min: Look 3 was good.'],
    [
      'no check at all is no success',
      '',
      120,
      'inconclusive: Not finished after 2 min: it was never checked.',
    ],
    ['a condition that is broken once is survived', 'xggg', 30, 'verified: Look 4 was good.'],
    ['once is not enough', 'x', 20, 'continue after 5 s'],
    [
      'twice in a row it is broken',
      'pxx',
      20,
      'not_verified: A condition does not hold any more: The Service is empty.',
    ],
    ['twice, but not in a row', 'xpx', 20, 'continue after 5 s'],
    [
      'broken at the deadline',
      'pppx',
      120,
      'not_verified: A condition does not hold any more: The Service is empty.',
    ],
    ['good in the last moment', 'ppggg', 120, 'verified: Look 5 was good.'],
  ])('%s', (_name, letters, seconds, expected) => {
    expect(answer(letters, seconds)).toBe(expected);
  });
});

describe('the plan on the card', () => {
  const { verification } = defaultPolicy;
  it.each([
    [
      restartOf(),
      'First check after 2 s, then every 2 s: verified after 3 good checks in a row (the rollout of Deployment/web in shop is complete, every pod is ready, none restarts), not verified after 3 bad checks, inconclusive after 5 checks in a row without an answer or after 5 min.',
    ],
    [scaleTo(0), expect.stringContaining('(no pod of Deployment/web in shop is left)')],
    [scaleTo(2), expect.stringContaining('(2 of Deployment/web in shop ready, none restarts)')],
    [deletePodIn(), expect.stringContaining('(Pod/web-0 in shop is gone, a successor of its name is ready)')],
    [cordonNode, expect.stringContaining('(Node/worker-1 takes no new pods)')],
  ])('%j', (action, expected) => {
    expect(planText(verification, action)).toEqual(expected);
  });

  it.each([
    [60, '60 s'],
    [90, '90 s'],
    [120, '2 min'],
    [150, '150 s'],
  ])('counts %d seconds as %s, and one check as one', (seconds, text) => {
    const once = { goodSamples: 1, badSamples: 1, errorSamples: 1, deadlineSeconds: seconds };
    expect(planText({ ...plan, ...once }, cordonNode)).toBe(
      `First check after 10 s, then every 5 s: verified after 1 good check in a row (Node/worker-1 takes no new pods), not verified after 1 bad check, inconclusive after 1 check in a row without an answer or after ${text}.`,
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { ObjectHistory } from '../../../src/domain/circumstances.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { isStricter, type Tier } from '../../../src/domain/tier.ts';
import { jobFacts } from '../../fixtures/batch.ts';
import { deploymentFacts, scaleTo } from '../../fixtures/facts.ts';
import { autoscalerFacts, autoscaleTo, patchOf } from '../../fixtures/fields.ts';
import { judgeAfter, never, saidBy } from '../../fixtures/history.ts';

const sized = (desired: number) => deploymentFacts({ desired, ready: desired });

describe('growth in steps', () => {
  it.each<[string, Action, Facts, ObjectHistory, string]>([
    [
      'by scaling',
      scaleTo(24),
      sized(12),
      { ...never, replicas: 3 },
      'Scaling from 12 (3 within the last hour) to 24 replicas takes room from others on the same nodes.',
    ],
    [
      'from what is live, where there was more before',
      scaleTo(6),
      sized(3),
      { ...never, replicas: 12 },
      'Scaling from 3 to 6 replicas takes room from others on the same nodes.',
    ],
    [
      'by an autoscaler whose lower limit goes up',
      autoscaleTo({ min: 24, max: 24 }),
      sized(12),
      { ...never, replicas: 3 },
      'Scaling from 12 (3 within the last hour) to 24 replicas takes room from others on the same nodes.',
    ],
    [
      'by a patch of the upper limit',
      patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 20 }),
      autoscalerFacts({ min: 2, max: 10, current: 3, desired: 3 }),
      { ...never, mostReplicas: 5 },
      'There may be 20 pods from now on without anybody being asked, instead of 10 (5 within the last hour).',
    ],
    [
      'by a first autoscaler after a scale',
      autoscaleTo({ max: 12 }),
      sized(6),
      { ...never, replicas: 3 },
      'There may be 12 pods from now on without anybody being asked, instead of 6 (3 within the last hour).',
    ],
  ])('%s', (_name, action, facts, found, sentence) => {
    expect(saidBy(judgeAfter(action, facts, found), 'growth')).toContain(sentence);
  });

  test('is never judged milder than the same growth at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 }),
        (first, growths) => {
          const last = growths.reduce((all, more) => all + more, first);
          const before = last - (growths.at(-1) ?? 0);
          const atOnce = judgeAfter(scaleTo(last), sized(first), never);
          const lastStep = judgeAfter(scaleTo(last), sized(before), { ...never, replicas: first });
          expect(isStricter(atOnce.tier, lastStep.tier)).toBe(false);
        },
      ),
    );
  });

  test('3 -> 6 -> 12 -> 24 asks a person before it is 24', () => {
    const tiers = [
      [3, 6],
      [6, 12],
      [12, 24],
    ].map(([from = 0, to = 0]) => judgeAfter(scaleTo(to), sized(from), { ...never, replicas: 3 }).tier);
    expect(tiers).toEqual(['auto', 'human', 'human']);
  });
});

const hpa = (max: number, current = 3) => autoscalerFacts({ min: 2, max, current, desired: current });
const patchHpa = (fields: Readonly<Record<string, number>>) => patchOf('HorizontalPodAutoscaler', fields);
const patchJob = (parallelism: number) => patchOf('Job', { 'spec.parallelism': parallelism });

describe('ceilings', () => {
  it.each<[string, Action, Facts, Tier, string]>([
    ['as many replicas as may be', scaleTo(50), sized(40), 'auto', ''],
    ['one more', scaleTo(51), sized(40), 'human', 'The policy wants a person for 51 replicas: more than 50.'],
    ['fewer than there are, however many', scaleTo(4000), sized(4010), 'auto', ''],
    [
      'more than the policy allows',
      scaleTo(3001),
      sized(3000),
      'blocked',
      'The policy refuses 3001 replicas: it allows 3000.',
    ],
    [
      'all that fit into the field',
      scaleTo(2_147_483_647),
      sized(3),
      'blocked',
      'The policy refuses 2147483647 replicas: it allows 3000.',
    ],
    [
      'more than four times as many',
      scaleTo(5),
      sized(1),
      'human',
      'From 1 to 5 replicas is more than 4 times as many within an hour.',
    ],
    [
      'a new autoscaler without any limit',
      autoscaleTo({ min: 2, max: 2_147_483_647 }),
      sized(3),
      'blocked',
      'The policy refuses up to 2147483647 pods: it allows 3000.',
    ],
    [
      'a limit that goes up a lot',
      patchHpa({ 'spec.maxReplicas': 100_000 }),
      hpa(5),
      'blocked',
      'The policy refuses up to 100000 pods: it allows 3000.',
    ],
    [
      'a limit above the ceiling',
      patchHpa({ 'spec.maxReplicas': 101 }),
      hpa(100),
      'human',
      'The policy wants a person for up to 101 pods: more than 100.',
    ],
    ['a limit that goes up a little', patchHpa({ 'spec.maxReplicas': 6 }), hpa(5), 'auto', ''],
    ['a limit that goes down', patchHpa({ 'spec.maxReplicas': 4000 }), hpa(5000), 'human', ''],
    [
      'a lower limit above what there is',
      patchHpa({ 'spec.minReplicas': 60 }),
      hpa(80),
      'human',
      'The policy wants a person for 60 replicas: more than 50.',
    ],
    [
      'a Job that runs everything at once',
      patchJob(100_000),
      jobFacts({ parallelism: 1 }),
      'blocked',
      'The policy refuses up to 100000 pods: it allows 3000.',
    ],
    ['a Job that runs one pod more', patchJob(3), jobFacts({ parallelism: 2 }), 'human', ''],
  ])('%s', (_name, action, facts, tier, sentence) => {
    const spec = judgeAfter(action, facts, never);
    expect(saidBy(spec, 'ceilings')).toEqual(sentence === '' ? [] : expect.arrayContaining([sentence]));
    expect(spec.tier).toBe(tier);
  });

  test('are the policy’s', () => {
    const wide = policy.parse({
      version: 1,
      ceilings: { replicas: { human: 5000, blocked: 9000 }, timesPerHour: 1000 },
    });
    expect(judgeAfter(scaleTo(3001), sized(3000), never, wide).tier).toBe('auto');
    expect(judgeAfter(scaleTo(9001), sized(3000), never, wide).tier).toBe('blocked');
    const crossed = policy.safeParse({ version: 1, ceilings: { replicas: { human: 9, blocked: 8 } } });
    expect(crossed.error?.issues.map(({ message }) => message)).toEqual([
      'must not be more than blocked, which is worse',
    ]);
  });
});

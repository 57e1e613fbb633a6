import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { constraintsOf } from '../../../src/stages/evaluate/constraints.ts';
import { evaluate, ruleInput } from '../../../src/stages/evaluate/evaluate.ts';
import { cronJobFacts, jobFacts, resumeJob, runCronJob } from '../../fixtures/batch.ts';
import {
  defaultPolicy,
  dependents,
  deploymentFacts,
  noon,
  pauseIn,
  restartOf,
  scaleTo,
  specId,
  statefulSetFacts,
} from '../../fixtures/facts.ts';
import {
  budget,
  covered,
  drain,
  evicting,
  housing,
  node,
  orphan,
  reckless,
  web,
} from '../../fixtures/nodes.ts';

/* Where a rule begins and where it ends: the case on the line itself, and the one beside it. */

const judge = (action: Action, facts: Facts, chosen: Policy = defaultPolicy) =>
  evaluate({ id: specId, now: noon, action, facts, policy: chosen });

const inOrder = (maxUnavailable: number, partition = 0) =>
  ({ strategy: { type: 'RollingUpdate', maxUnavailable, maxSurge: 0, partition } }) as const;
const spent = {
  neighbourhood: dependents({ budgets: [{ name: 'web', healthy: 2, desired: 2, allowed: 0 }] }),
};
const another = { ...covered('web-1'), namespace: 'other' };
const oneAllowed = { budgets: [budget({ healthy: 3, desired: 2, expected: 3 })] };
const tills: Policy = policy.parse({
  version: 1,
  environments: { tills: { match: { names: ['shop'] }, production: true } },
  freezes: [
    {
      name: 'always',
      environments: ['tills'],
      timeZone: 'UTC',
      weekly: [{ days: ['sun'], from: '00:00', to: '24:00' }],
    },
  ],
});
const unread: Facts = {
  ...deploymentFacts(),
  namespace: { name: 'shop', labels: {} },
  unknown: [{ fact: 'namespace labels', reason: 'forbidden' }],
};
const twoLive: Policy = policy.parse({
  version: 1,
  environments: {
    perhaps: { match: { labels: { stage: 'live' } }, production: true },
    surely: { match: { names: ['shop'] }, production: true },
  },
});

type Row = [string, Action, Facts, string, Policy?];

describe('what is said', () => {
  it.each<Row>([
    [
      'only the pods from the partition on are replaced',
      restartOf('StatefulSet'),
      statefulSetFacts(inOrder(1, 1)),
      '2 pods are replaced.',
    ],
    [
      'a StatefulSet takes one at a time at least',
      restartOf('StatefulSet'),
      statefulSetFacts(inOrder(0)),
      '2 of 3 ready pods left at the worst moment.',
    ],
    [
      'a Job starts no more pods than it has runs to go',
      resumeJob(),
      jobFacts({ suspended: true, active: 0, pods: [], parallelism: 3, completions: 5, succeeded: 4 }),
      '1 pod is started.',
    ],
    [
      'an orphan that is taken by force does not come back',
      reckless,
      housing([orphan]),
      'Nothing brings Pod/agent-y in shop back: no controller is behind it.',
    ],
    [
      'pods of an environment that is production by its name',
      drain,
      housing([web]),
      'Pods of shop have to go, and nothing in production changes without a person.',
      tills,
    ],
    [
      'a node serves every environment: a freeze of one holds for it',
      drain,
      node(),
      'Not known: the time in UTC, so the freeze "always" counts as holding.',
      tills,
    ],
    [
      'of two environments the one that it is surely in says that it is production',
      scaleTo(0),
      unread,
      'Deployment/web is in the production namespace shop and may not be scaled to zero.',
      twoLive,
    ],
    [
      'a Job that is removed before it can be looked at three times',
      runCronJob(),
      cronJobFacts({ ttlSeconds: 59 }),
      'The new Job is removed 59 s after its end: how it ended may not be seen.',
    ],
    [
      'ready pods that a taint takes from a budget',
      evicting,
      housing([covered('web-0'), covered('web-1')], 3, oneAllowed),
      'PodDisruptionBudget/web in shop allows 1 pod fewer (3 healthy, 2 wanted); the taint takes 2 away at once and does not ask it.',
    ],
  ])('%s', (_name, action, facts, sentence, chosen) => {
    expect(judge(action, facts, chosen).lineItems.map((line) => line.sentence)).toContain(sentence);
  });
});

describe('what is not said', () => {
  it.each<Row>([
    ['of a budget, where no pod is touched', pauseIn(), deploymentFacts({}, spent), 'disruption-budget'],
    ['of a Job that is kept long enough', runCronJob(), cronJobFacts({ ttlSeconds: 60 }), 'short-lived-job'],
    [
      'of a pod that is not ready, which a taint takes',
      evicting,
      housing([covered('web-0'), covered('web-1', { ready: false })], 3, oneAllowed),
      'eviction-budgets',
    ],
    [
      'of a budget of the same name in another namespace',
      evicting,
      housing([covered('web-0'), another], 3, oneAllowed),
      'eviction-budgets',
    ],
    [
      'of an orphan that has ended',
      drain,
      housing([{ ...orphan, traits: ['orphan', 'ended'] }]),
      'drain-possible',
    ],
  ])('%s', (_name, action, facts, rule, chosen) => {
    expect(judge(action, facts, chosen).lineItems.filter((line) => line.rule === rule)).toEqual([]);
  });
});

describe('what is kept', () => {
  const input = ruleInput({ action: restartOf(), facts: deploymentFacts(), policy: defaultPolicy });
  it.each([
    [39, false],
    [40, true],
  ])('from a score of 40 on a snapshot: at %d %s', (score, kept) => {
    const kinds = constraintsOf(input, score, []).map(({ kind }) => kind);
    expect(kinds.includes('snapshot_required')).toBe(kept);
  });

  it('of what is degraded no more than there is', () => {
    const degraded = deploymentFacts({ ready: 1, available: 1, ...inOrder(1) });
    const replicas = judge(restartOf(), degraded).constraints.find(({ kind }) => kind === 'minimum_replicas');
    expect(replicas).toMatchObject({ replicas: 1 });
  });
});

describe('an unready pod under a budget', () => {
  it.each<[string, Facts, boolean]>([
    [
      'spends nothing of one whose wish is met',
      housing([covered('a', { ready: false })], 3, { budgets: [budget({ healthy: 2, desired: 2 })] }),
      false,
    ],
    [
      'spends what is left where fewer are healthy',
      housing([covered('a', { ready: false })], 3, { budgets: [budget({ healthy: 1, desired: 2 })] }),
      true,
    ],
    [
      'spends under one that wants none',
      housing([covered('a', { ready: false })], 3, {
        budgets: [budget({ healthy: 0, desired: 0, expected: 1 })],
      }),
      true,
    ],
  ])('%s', (_name, facts, asks) => {
    const lines = judge(drain, facts).lineItems.filter(({ rule }) => rule === 'eviction-budgets');
    expect(lines.length > 0).toBe(asks);
  });
});

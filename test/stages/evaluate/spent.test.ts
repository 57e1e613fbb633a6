import { describe, expect, test } from 'vitest';
import type { Circumstances, Usage } from '../../../src/domain/circumstances.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import {
  cordonNode,
  defaultPolicy,
  deploymentFacts,
  nodeFacts,
  restartOf,
  setImageTo,
} from '../../fixtures/facts.ts';
import { judgeAfter, never, saidBy } from '../../fixtures/history.ts';

const free: Usage = { score: 0, running: 0, automatic: 0, failedInARow: 0 };
const inCluster = (used: Partial<Usage>): Circumstances['usage'] => ({
  cluster: { ...free, ...used },
  namespace: free,
});
const inNamespace = (used: Partial<Usage>): Circumstances['usage'] => ({
  cluster: free,
  namespace: { ...free, ...used },
});
const storm = { since: '2026-03-01T11:52:00.000Z', incidents: 44 };
const newImage = setImageTo('registry.example/web:9');

/** The points of a restart of these facts. */
const own = 8;

describe('a restart that would run by itself, where the policy says nothing', () => {
  test.each<[string, Circumstances['usage'], Tier, string[]]>([
    ['has the last points of the cluster', inCluster({ score: 300 - own }), 'auto', []],
    [
      'has one point too few in the cluster',
      inCluster({ score: 301 - own }),
      'human',
      [
        `The blast budget of the cluster is spent: ${301 - own} of 300 points in the last hour, and this adds 8.`,
      ],
    ],
    ['has the last points of the namespace', inNamespace({ score: 150 - own }), 'auto', []],
    [
      'has one point too few in the namespace',
      inNamespace({ score: 151 - own }),
      'human',
      [
        `The blast budget of the namespace shop is spent: ${151 - own} of 150 points in the last hour, and this adds 8.`,
      ],
    ],
    ['is the tenth in the cluster', inCluster({ running: 9 }), 'auto', []],
    [
      'is the eleventh in the cluster',
      inCluster({ running: 10 }),
      'human',
      ['10 remediations are running in the cluster, of 10 at a time.'],
    ],
    ['is the fifth in the namespace', inNamespace({ running: 4 }), 'auto', []],
    ['is the tenth of an hour in the cluster', inCluster({ automatic: 9 }), 'auto', []],
    [
      'is the eleventh of an hour in the cluster',
      inCluster({ automatic: 10 }),
      'human',
      ['10 remediations of the last hour ran in the cluster without anybody being asked, of 10.'],
    ],
    ['is the fifth of an hour in the namespace', inNamespace({ automatic: 4 }), 'auto', []],
    ['comes after two failures in the namespace', inNamespace({ failedInARow: 2 }), 'auto', []],
    [
      'comes after three in the namespace',
      inNamespace({ failedInARow: 3 }),
      'human',
      [
        'The last 3 remediations that ran in the namespace shop without anybody being asked failed or did not help. Nothing runs there by itself within the hour.',
      ],
    ],
    [
      'is not known to have room',
      { unknown: 'timed out' },
      'human',
      ['the cluster', 'the namespace shop'].flatMap((where) => [
        `Not known: how much of the blast budget of ${where} is spent.`,
        `Not known: how many remediations are running in ${where}.`,
        `Not known: how many remediations ran by themselves in ${where} in the last hour.`,
      ]),
    ],
    ['is asked of an older row, which says nothing of the namespace', { cluster: free }, 'auto', []],
  ])('%s', (_name, usage, tier, sentences) => {
    const spec = judgeAfter(restartOf(), deploymentFacts(), never, defaultPolicy, { usage });
    expect(saidBy(spec, 'budgets')).toEqual(sentences);
    expect(spec.tier).toBe(tier);
  });
});

test('one remediation that runs is one', () => {
  const single = policy.parse({ version: 1, budgets: { concurrent: { namespace: 1 } } });
  const spec = judgeAfter(restartOf(), deploymentFacts(), never, single, {
    usage: inNamespace({ running: 1 }),
  });
  expect(saidBy(spec, 'budgets')).toEqual([
    '1 remediation is running in the namespace shop, of 1 at a time.',
  ]);
});

describe('what a person decides anyway is not held up by what runs by itself', () => {
  test.each<[string, Circumstances['usage']]>([
    ['ten in an hour', inCluster({ automatic: 10 })],
    ['ten in an hour in the namespace', inNamespace({ automatic: 10 })],
    ['three failures', inCluster({ failedInARow: 3 })],
    ['a storm', { cluster: free, namespace: free, storm }],
  ])('%s', (_name, usage) => {
    const spec = judgeAfter(newImage, deploymentFacts(), never, defaultPolicy, { usage });
    expect(saidBy(spec, 'budgets')).toEqual([]);
  });

  test('but by what is spent and what runs', () => {
    const usage = inCluster({ score: 300, running: 10 });
    const spec = judgeAfter(newImage, deploymentFacts(), never, defaultPolicy, { usage });
    expect(saidBy(spec, 'budgets')).toHaveLength(2);
  });
});

test('a node is in no namespace, so that the cluster alone has a budget for it', () => {
  const usage = inCluster({ running: 10 });
  const spec = judgeAfter(cordonNode, nodeFacts(), never, defaultPolicy, { usage });
  expect(saidBy(spec, 'budgets')).toEqual(['10 remediations are running in the cluster, of 10 at a time.']);
  const quiet = judgeAfter(cordonNode, nodeFacts(), never, defaultPolicy, {
    usage: inNamespace({ running: 10 }),
  });
  expect(saidBy(quiet, 'budgets')).toEqual([]);
});

test('where nobody has asked, a policy without budgets says nothing', () => {
  const spec = judgeAfter(restartOf(), deploymentFacts(), never);
  expect(saidBy(spec, 'budgets')).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { defaultPolicy, drainNode, nodeFacts, noon, specId, taintNode } from '../../fixtures/facts.ts';
import { bare, closing, daemon, drain, housing, node, orphan, scratch, web } from '../../fixtures/nodes.ts';

const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });

describe('what a refusal says of several pods, and of what was not looked at', () => {
  const blocked: [string, Action, Facts, string][] = [
    [
      'pods of DaemonSets',
      drainNode({ ignoreDaemonSets: false }),
      housing([daemon, { ...daemon, name: 'log-x' }]),
      'Pod/agent-x in shop and Pod/log-x in shop belong to DaemonSets, which would start another here at once: leave them with --ignore-daemonsets.',
    ],
    [
      'two pods of a DaemonSet that is gone',
      drain,
      housing([orphan, { ...orphan, name: 'log-y' }]),
      'The DaemonSet of Pod/agent-y in shop and Pod/log-y in shop is gone, so nothing brings them back: --force takes them away all the same.',
    ],
    [
      'one pod with scratch data',
      drain,
      housing([scratch]),
      'Pod/cache-0 in shop has an emptyDir volume, whose data would be gone: --delete-emptydir-data accepts that.',
    ],
    [
      'two bare pods',
      drain,
      housing([bare, { ...bare, name: 'single' }]),
      'Pod/lonely in shop and Pod/single in shop have no controller, so nothing brings them back: --force takes them away all the same.',
    ],
    [
      'a cordoned node whose only two pods are on their way out',
      drain,
      housing(
        [web, { ...web, name: 'web-1' }].map((pod) => ({ ...pod, traits: ['deleting'] })),
        10,
        { unschedulable: true },
      ),
      'Node/worker-1 is cordoned already, and no pod on it has to go; Pod/web-0 in shop and Pod/web-1 in shop are on the way out.',
    ],
    [
      'pods that were not looked at',
      drain,
      nodeFacts({}, { unknown: [{ fact: 'pod disruption budgets', reason: 'forbidden' }] }),
      'The pods on Node/worker-1 are not known (not read): nothing can be said of them.',
    ],
    ['taints that were not looked at', closing, nodeFacts(), 'The taints of Node/worker-1 are not known.'],
    [
      'the last node, which is not ready',
      closing,
      node({ ready: false, otherSchedulableNodes: 0 }),
      'No other node than Node/worker-1 could take pods.',
    ],
  ];
  it.each(blocked)('%s', (_name, action, facts, reason) => {
    expect(judge(action, facts)).toMatchObject({ tier: 'blocked', blockedReason: reason });
  });
});

it.each<[string, Action, Facts, string]>([
  [
    'what a taint lacks',
    taintNode({ remove: [{ key: 'other' }] }),
    node(),
    'taint-possible: Node/worker-1: spec.taints',
  ],
  ['what a drain leaves no way for', drain, housing([bare]), 'drain-possible: Node/worker-1: pods'],
  [
    'the last node',
    closing,
    node({ otherSchedulableNodes: 0 }),
    'node-schedulable: Node/worker-1: spec.unschedulable',
  ],
])('%s is told by its rule and by where it was read', (_name, action, facts, told) => {
  const blocks = judge(action, facts).lineItems.filter(({ term }) => term === 'block');
  expect(blocks.map(({ rule, source }) => `${rule}: ${source}`)).toEqual([told]);
});

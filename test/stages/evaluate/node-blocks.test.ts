import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  defaultPolicy,
  dependents,
  drainNode,
  nodeFacts,
  nodePod,
  noon,
  specId,
  taintNode,
} from '../../fixtures/facts.ts';
import {
  bare,
  budget,
  closing,
  covered,
  daemon,
  dedicated,
  dns,
  drain,
  evicting,
  housing,
  mirror,
  node,
  orphan,
  reckless,
  scratch,
  web,
} from '../../fixtures/nodes.ts';

const judge = (action: Action, facts: Facts, policy = defaultPolicy): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy });

describe('what a drain or a taint is refused for', () => {
  const blocked: [string, Action, Facts, string][] = [
    [
      'pods of a DaemonSet',
      drainNode({ ignoreDaemonSets: false }),
      housing([daemon]),
      'Pod/agent-x in shop belongs to a DaemonSet, which would start another here at once: leave it with --ignore-daemonsets.',
    ],
    [
      'pods of a DaemonSet that is gone',
      drain,
      housing([orphan]),
      'The DaemonSet of Pod/agent-y in shop is gone, so nothing brings it back: --force takes it away all the same.',
    ],
    [
      'scratch data, of four pods',
      drain,
      housing([scratch, ...['b', 'c', 'd'].map((name) => nodePod(name, { traits: ['emptyDir'] }))]),
      'Pod/b in shop, Pod/c in shop, Pod/cache-0 in shop and 1 more have an emptyDir volume, whose data would be gone: --delete-emptydir-data accepts that.',
    ],
    [
      'a bare pod',
      drain,
      housing([bare]),
      'Pod/lonely in shop has no controller, so nothing brings it back: --force takes it away all the same.',
    ],
    [
      'the last node, by one of two taints',
      taintNode({
        add: [
          { key: 'a', effect: 'PreferNoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      }),
      node({ otherSchedulableNodes: 0 }),
      'Node/worker-1 is the last node that can take pods.',
    ],
    [
      'a taint of the cloud',
      taintNode({ add: [{ key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' }] }),
      node(),
      'The taint node.cloudprovider.kubernetes.io/shutdown belongs to a controller of the cluster, which puts it back as the node is.',
    ],
    [
      'a cordoned node whose only pod is on its way out',
      drain,
      housing([{ ...web, traits: ['deleting'] }], 10, { unschedulable: true }),
      'Node/worker-1 is cordoned already, and no pod on it has to go; Pod/web-0 in shop is on the way out.',
    ],
    [
      'the last node',
      drain,
      node({ otherSchedulableNodes: 0 }),
      'Node/worker-1 is the last node that can take pods.',
    ],
    [
      'a cordoned node, and no other',
      drain,
      housing([web], 10, { unschedulable: true, otherSchedulableNodes: 0 }),
      'No other node than Node/worker-1 could take pods.',
    ],
    [
      'nothing to do',
      drain,
      housing([daemon], 10, { unschedulable: true }),
      'Node/worker-1 is cordoned already, and no pod on it has to go.',
    ],
    [
      'pods that could not be listed',
      drain,
      nodeFacts({}, { unknown: [{ fact: 'pods of the cluster', reason: 'forbidden' }] }),
      'The pods on Node/worker-1 are not known (forbidden): nothing can be said of them.',
    ],
    [
      'a protected namespace',
      drain,
      housing([dns]),
      'Pod/coredns-0 in kube-system would be evicted, and kube-system is protected (namespaces.unprotected of the policy can allow it).',
    ],
    [
      'two budgets over a pod',
      drain,
      housing([covered('web-0', { budgets: ['all', 'web'] })]),
      'Pod/web-0 in shop is covered by more than one budget (PodDisruptionBudget/all and PodDisruptionBudget/web): the API server would refuse to evict it for ever.',
    ],
    [
      'a budget that never allows an eviction',
      drain,
      housing([covered('web-0')], 3, { budgets: [budget({ desired: 3 })] }),
      'PodDisruptionBudget/web in shop never allows an eviction (3 of 3 must stay healthy): the drain would wait for ever for Pod/web-0 in shop.',
    ],
    [
      'a budget that its controller cannot work out',
      drain,
      housing([covered('kafka-0')], 3, {
        budgets: [
          budget({
            stuck: { why: 'sync failed', message: 'strimzipodsets does not implement the scale subresource' },
          }),
        ],
      }),
      'PodDisruptionBudget/web in shop allows no eviction: its controller cannot work it out (SyncFailed: strimzipodsets does not implement the scale subresource). The drain would wait for ever for Pod/kafka-0 in shop; minAvailable as a number needs nothing to be worked out.',
    ],
    [
      'the same for a pod that is not ready',
      drain,
      housing([covered('kafka-0', { ready: false })], 3, {
        budgets: [budget({ stuck: { why: 'sync failed', message: 'no scale.' } })],
      }),
      'PodDisruptionBudget/web in shop allows no eviction: its controller cannot work it out (SyncFailed: no scale). The drain would wait for ever for Pod/kafka-0 in shop; minAvailable as a number needs nothing to be worked out.',
    ],
    [
      'a taint that is there',
      closing,
      node({ taints: [{ ...dedicated, value: 'other' }] }),
      'Node/worker-1 has a taint dedicated:NoSchedule already: --overwrite changes its value.',
    ],
    [
      'a taint that is there as it is to be',
      { ...closing, overwrite: true },
      node({ taints: [dedicated] }),
      'Node/worker-1 already has dedicated=gpu:NoSchedule.',
    ],
    [
      'a taint that is not there',
      taintNode({ remove: [{ key: 'other' }] }),
      node({ taints: [dedicated] }),
      'Node/worker-1 has no taint other; it has dedicated=gpu:NoSchedule.',
    ],
    [
      'the same taint set and removed',
      taintNode({ add: [{ key: 'a', effect: 'NoSchedule' }], remove: [{ key: 'a' }] }),
      node({ taints: [{ key: 'a', effect: 'NoExecute' }] }),
      'The taint a:NoSchedule cannot be set and removed by the same command.',
    ],
    [
      'a taint of the node controller',
      taintNode({ add: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] }),
      node(),
      'The taint node.kubernetes.io/unreachable belongs to a controller of the cluster, which puts it back as the node is.',
    ],
    [
      'a taint of the node controller that is removed, twice in one command',
      taintNode({
        remove: [
          { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
          { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
        ],
      }),
      node({
        taints: [
          { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
          { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
        ],
      }),
      'The taint node.kubernetes.io/not-ready belongs to a controller of the cluster, which puts it back as the node is.',
    ],
    [
      'one of two taints that is there',
      taintNode({
        add: [
          { key: 'a', effect: 'PreferNoSchedule' },
          { key: 'dedicated', value: 'cpu', effect: 'NoSchedule' },
        ],
      }),
      node({ taints: [{ key: 'other', effect: 'NoExecute' }, dedicated] }),
      'Node/worker-1 has a taint dedicated:NoSchedule already: --overwrite changes its value.',
    ],
    [
      'one of two taints that is not there',
      taintNode({ remove: [{ key: 'dedicated' }, { key: 'other', effect: 'NoExecute' }] }),
      node({ taints: [{ key: 'z', effect: 'NoSchedule' }, dedicated] }),
      'Node/worker-1 has no taint other:NoExecute; it has dedicated=gpu:NoSchedule, z:NoSchedule.',
    ],
    [
      'a taint to remove from a node without any',
      taintNode({ remove: [{ key: 'other' }] }),
      node(),
      'Node/worker-1 has no taint other; it has none.',
    ],
    [
      'two taints that are there as they are to be',
      taintNode({
        add: [
          { key: 'a', value: '', effect: 'NoSchedule' },
          { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
        ],
        overwrite: true,
      }),
      node({ taints: [dedicated, { key: 'a', effect: 'NoSchedule' }] }),
      'Node/worker-1 already has a:NoSchedule, dedicated=gpu:NoSchedule.',
    ],
    [
      'one of two taints set and removed',
      taintNode({
        add: [
          { key: 'b', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
        remove: [{ key: 'dedicated' }, { key: 'a', effect: 'NoSchedule' }],
      }),
      node({ taints: [dedicated, { key: 'a', effect: 'NoSchedule' }] }),
      'The taint a:NoSchedule cannot be set and removed by the same command.',
    ],
    [
      'out of service while it serves',
      taintNode({ add: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] }),
      node(),
      'Node/worker-1 is ready: node.kubernetes.io/out-of-service is for a node that is off, and would detach the volumes of running pods.',
    ],
    [
      'a taint that would drive away protected pods',
      evicting,
      housing([dns]),
      'Pod/coredns-0 in kube-system would have to go, and kube-system is protected (namespaces.unprotected of the policy can allow it).',
    ],
    [
      'a taint on the last node',
      closing,
      node({ otherSchedulableNodes: 0 }),
      'Node/worker-1 is the last node that can take pods.',
    ],
    [
      'the only pod behind a webhook',
      drain,
      {
        ...housing([web]),
        neighbourhood: dependents({
          services: [{ name: 'web in shop', ready: 1, own: 1 }],
          dependencies: [
            {
              source: 'ValidatingWebhookConfiguration/policy',
              service: 'web in shop',
              failurePolicy: 'Fail',
            },
          ],
        }),
      },
      'The pods serve ValidatingWebhookConfiguration/policy (failurePolicy Fail): with 0 of 1 ready endpoint left, the API server refuses what it checks.',
    ],
  ];
  it.each(blocked)('%s', (_name, action, facts, reason) => {
    const spec = judge(action, facts);
    expect(spec.blockedReason).toBe(reason);
    expect(spec).toMatchObject({ tier: 'blocked', score: 100 });
  });
});

describe('what is no reason to refuse', () => {
  const off = taintNode({ add: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] });
  const allowed: [string, Action, Facts][] = [
    ['that a node is off, for the taint that says so', off, node({ ready: false })],
    [
      'a taint that is there with another value, which is written over',
      taintNode({ add: [{ key: 'dedicated', value: 'cpu', effect: 'NoSchedule' }], overwrite: true }),
      node({ taints: [dedicated] }),
    ],
    [
      'a taint that is so, beside one that goes',
      taintNode({
        add: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
        remove: [{ key: 'a' }],
        overwrite: true,
      }),
      node({ taints: [dedicated, { key: 'a', effect: 'NoSchedule' }] }),
    ],
    [
      'two taints of which one is so',
      taintNode({
        add: [
          { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
          { key: 'b', effect: 'NoSchedule' },
        ],
        overwrite: true,
      }),
      node({ taints: [dedicated] }),
    ],
    ['a bare pod, by force', reckless, housing([bare])],
    ['scratch data that may be deleted', reckless, housing([scratch])],
    ['an orphan, by force', reckless, housing([orphan])],
    [
      'DaemonSet and static pods of kube-system stay',
      drain,
      housing([mirror, { ...daemon, namespace: 'kube-system' }]),
    ],
    ['a bare pod that has ended', drain, housing([{ ...bare, ready: false, traits: ['ended', 'emptyDir'] }])],
    [
      'two budgets over a pod that has not started',
      drain,
      housing([covered('web-0', { ready: false, traits: ['pending'], budgets: ['a', 'web'] })]),
    ],
    ['protected pods that tolerate the taint', evicting, housing([{ ...dns, tolerates: 'for ever' }])],
    [
      'the last node, which is only asked',
      taintNode({ add: [{ key: 'a', effect: 'PreferNoSchedule' }] }),
      node({ otherSchedulableNodes: 0 }),
    ],
    [
      'a pod that is not ready, under a budget that lets such pods go',
      drain,
      housing([covered('web-0', { ready: false })], 0, {
        budgets: [budget({ healthy: 0, desired: 3, alwaysUnready: true })],
      }),
    ],
    [
      'the same under one that cannot be worked out',
      drain,
      housing([covered('web-0', { ready: false })], 0, {
        budgets: [budget({ alwaysUnready: true, stuck: { why: 'sync failed', message: 'no scale' } })],
      }),
    ],
  ];
  it.each(allowed)('%s', (_name, action, facts) => {
    expect(judge(action, facts).blockedReason).toBeNull();
  });

  it('a protected namespace that the policy opens', () => {
    const namespaces = { ...defaultPolicy.namespaces, unprotected: ['kube-system'] };
    expect(judge(drain, housing([dns]), { ...defaultPolicy, namespaces }).tier).not.toBe('blocked');
  });
});

import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/actions/action-kinds.ts';
import { losingAll, losingReady } from '../../src/actions/no-effect.ts';
import {
  displaced,
  endedIn,
  endingIn,
  podDeleteStatusOf,
  readyBefore,
  spends,
} from '../../src/actions/nodes/displaced.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import type { NodePod } from '../../src/domain/facts/node.ts';
import { deleteJob, jobFacts, runJobAgain, suspendJob } from '../fixtures/batch.ts';
import {
  barePodFacts,
  cordonNode,
  deletePodIn,
  dependents,
  deploymentFacts,
  nodeFacts,
  nodePod,
  podFact,
  podFacts,
} from '../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../fixtures/fields.ts';
import {
  bare,
  budget,
  covered,
  daemon,
  drain,
  evicting,
  housing,
  mirror,
  orphan,
  reckless,
  scratch,
  web,
} from '../fixtures/nodes.ts';

/* What an action does, by its own kind: all rules go by it, so that what is left out here is asked by none of them. */

const effectOf = (action: Action, facts: Facts): Effect => kindOf(action.verb).effect({ action, facts });
const services = (ready: number, own: number) => dependents({ services: [{ name: 'web', ready, own }] });
const ended = nodePod('done-0', { traits: ['ended'] });
const deleting = nodePod('going-0', { traits: ['deleting'] });
const endedAndDeleting = nodePod('gone-0', { traits: ['ended', 'deleting'] });
const silent = { name: 'worker-1', reported: false, since: '2026-03-01T11:48:00.000Z' };

describe.each<[string, Action, Facts, object]>([
  [
    'the deletion of a pod',
    deletePodIn(),
    podFacts({}, { neighbourhood: services(5, 1) }),
    {
      pods: { deleted: 1, replaced: 0, affected: { pods: 1, becomes: 'replaced', field: 'metadata.uid' } },
      ...{ readiness: { before: 3, left: 2 }, rollout: 'apart', unknown: [] },
      endpoints: [{ service: 'web', ready: 5, left: 4 }],
      drift: { source: 'nothing', operator: 'nothing' },
    },
  ],
  [
    'the deletion of a pod that is not ready',
    deletePodIn(),
    podFacts({ pod: podFact('web-0', { ready: false }) }),
    { readiness: { before: 3, left: 3 }, unknown: [] },
  ],
  ['the deletion of a bare pod', deletePodIn(), barePodFacts(), { readiness: undefined, unknown: [] }],
  [
    'the deletion of one of nobody knows how many',
    deletePodIn(),
    podFacts({ controller: { kind: 'StatefulSet', name: 'db' } }),
    { readiness: undefined, unknown: ['readiness'] },
  ],
  [
    'the deletion of a pod that nobody hears from',
    deletePodIn(),
    podFacts({ unreadyNode: silent }, { neighbourhood: dependents({ claims: ['data'] }) }),
    {
      pods: { affected: { becomes: 'told to end' } },
      unknown: ['ending'],
      consequences: [
        {},
        { sentence: 'The volumes of Pod/web-0 stay attached to Node/worker-1 until then.' },
        {},
      ],
    },
  ],
  [
    'the end of a Job',
    deleteJob(),
    jobFacts(
      { active: 2, pods: [podFact('a'), podFact('b', { ready: false })] },
      { neighbourhood: services(2, 1) },
    ),
    {
      pods: { stopped: 2, affected: { pods: 2, becomes: 'stopped', field: 'status.active' } },
      ...{ readiness: { before: 1, left: 0 }, rollout: 'apart', run: { work: 'gone' } },
      endpoints: [{ service: 'web', ready: 2, left: 1 }],
    },
  ],
  [
    'the end of a Job that does not run',
    suspendJob(),
    jobFacts({ active: 0 }),
    { pods: { stopped: 0 }, readiness: undefined, run: { work: undefined } },
  ],
  [
    'another run of a Job',
    runJobAgain(),
    jobFacts({ active: 0, ended: 'Failed', reason: 'BackoffLimitExceeded' }),
    {
      pods: { started: 1, affected: { pods: 1, becomes: 'started', field: 'spec.parallelism' } },
      rollout: 'apart',
    },
  ],
  [
    'a lower limit of an autoscaler',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 4 }),
    autoscalerFacts({ min: 1, max: 10, current: 6, desired: 6 }),
    {
      size: { from: 6, to: 4, by: 'autoscaler' },
      most: { from: 10, to: 4, now: 6, field: 'spec.maxReplicas' },
    },
  ],
  [
    'a higher minimum of an autoscaler',
    patchOf('HorizontalPodAutoscaler', { 'spec.minReplicas': 8 }),
    autoscalerFacts({ min: 1, max: 10, current: 6, desired: 6 }),
    { size: { from: 6, to: 8, by: 'autoscaler' }, most: undefined },
  ],
  [
    'limits that move nothing',
    patchOf('HorizontalPodAutoscaler', { 'spec.minReplicas': 2, 'spec.maxReplicas': 20 }),
    autoscalerFacts({ min: 1, max: 10, current: 6, desired: 6 }),
    { size: undefined, most: { from: 10, to: 20, now: 6, field: 'spec.maxReplicas' } },
  ],
  [
    'more pods of a Job at once',
    patchOf('Job', { 'spec.parallelism': 5 }),
    jobFacts({ parallelism: 2, active: 1 }),
    { size: undefined, most: { from: 2, to: 5, now: 1, field: 'spec.parallelism' } },
  ],
  [
    'a cordon',
    cordonNode,
    nodeFacts(),
    {
      node: { closes: true, opens: false, evicts: false },
      rollout: 'apart',
      readiness: undefined,
      unknown: [],
    },
  ],
  [
    'a drain',
    drain,
    housing([web, ended, deleting, endedAndDeleting, daemon, mirror]),
    {
      node: { closes: true, evicts: true },
      pods: { moved: [web], ended: [ended], affected: { pods: 1, becomes: 'evicted', field: 'pods' } },
      unknown: [],
    },
  ],
  [
    'a drain of an empty node',
    drain,
    housing([]),
    { pods: { moved: [], affected: { pods: 0 } }, unknown: [] },
  ],
  ['a drain of nobody knows what', drain, nodeFacts(), { pods: { moved: [] }, unknown: ['pods'] }],
  [
    'a drain of pods of nobody knows whom',
    drain,
    nodeFacts({ tenants: [web], budgets: [] }),
    { pods: { moved: [web] }, unknown: ['pods'] },
  ],
  [
    'a drain of pods under nobody knows which budgets',
    drain,
    nodeFacts({ tenants: [web], owners: [] }),
    { pods: { moved: [web] }, unknown: ['pods'] },
  ],
  [
    'a drain of a node that nobody hears from',
    drain,
    housing([web], 3, { ready: false }),
    { pods: { moved: [web] }, unknown: ['ending'] },
  ],
])('%s', (_name, action, facts, expected) => {
  it('does what it says', () => {
    expect(effectOf(action, facts)).toMatchObject(expected);
  });
});

describe('endpoints', () => {
  const beside = (ready: number, own: number) => deploymentFacts({}, { neighbourhood: services(ready, own) });
  const left = (all: readonly { readonly left: number }[]) => all.map((each) => each.left);
  it.each([
    ['of others stay', beside(5, 2), [3]],
    ['are never fewer than none', beside(1, 2), [0]],
  ])('where all of its own go: %s', (_name, facts, expected) => {
    expect(left(losingAll(facts))).toEqual(expected);
  });

  it.each([
    ['as many as ready pods', beside(5, 3), { before: 3, left: 1 }, [3]],
    ['no more than its own', beside(5, 1), { before: 3, left: 1 }, [4]],
    ['all of its own where none stays ready', beside(5, 3), { before: 1, left: 0 }, [2]],
    ['all of its own where none was ready', beside(5, 3), { before: 0, left: 0 }, [2]],
    ['none where all stay ready', beside(5, 3), { before: 3, left: 3 }, []],
    ['none where nobody knows', beside(5, 3), undefined, []],
  ])('that go with ready pods: %s', (_name, facts, readiness, expected) => {
    expect(left(losingReady(facts, readiness))).toEqual(expected);
  });
});

describe('pods of a node', () => {
  it.each<[string, NodePod, Action & { verb: 'drain' }, string]>([
    ['a pod', web, drain, 'evicted'],
    ['one of a DaemonSet', daemon, drain, 'stays'],
    [
      'one of a DaemonSet, in a drain that leaves none',
      daemon,
      { ...drain, ignoreDaemonSets: false },
      'daemon',
    ],
    ['one of a DaemonSet that is gone', orphan, drain, 'orphan'],
    ['the same, by force', orphan, reckless, 'evicted'],
    ['a static one', mirror, drain, 'stays'],
    ['one with scratch data', scratch, drain, 'emptyDir'],
    ['a bare one', bare, drain, 'bare'],
    ['a bare one, by force', bare, reckless, 'evicted'],
    ['a bare one that has ended', { ...bare, traits: ['ended'] }, drain, 'evicted'],
    ['a static one that has ended', { ...mirror, traits: ['mirror', 'ended'] }, drain, 'stays'],
  ])('%s in a drain', (_name, pod, action, status) => {
    expect(podDeleteStatusOf(pod, action)).toBe(status);
  });

  const all = [web, ended, deleting, endedAndDeleting, mirror, nodePod('firm', { tolerates: 'for ever' })];
  it.each([
    ['run', displaced, ['web-0', 'firm'], ['web-0']],
    ['have ended', endedIn, ['done-0'], ['done-0']],
    ['are on the way out', endingIn, ['going-0'], ['going-0']],
  ] as const)('those that leave and %s', (_name, chosen, byEviction, byTaint) => {
    const names = (pods: readonly NodePod[]) => pods.map(({ name }) => name);
    expect(names(chosen({ by: 'eviction', ...drain }, all))).toEqual(byEviction);
    expect(names(chosen({ by: 'taints', taints: [] }, all))).toEqual(byTaint);
  });

  const unready = covered('web-0', { ready: false });
  it.each<[string, NodePod, Parameters<typeof budget>[0], boolean]>([
    ['a ready one', covered('web-0'), {}, true],
    ['one that has not started', covered('web-0', { traits: ['pending'] }), {}, false],
    ['one that is not ready, while the others are healthy', unready, {}, false],
    ['one that is not ready, while they are just so many', unready, { healthy: 2, desired: 2 }, false],
    ['one that is not ready, while they are not', unready, { healthy: 1 }, true],
    ['one that is not ready, where none has to be', unready, { healthy: 0, desired: 0 }, true],
    ['one that is not ready, where such may always go', unready, { healthy: 1, alwaysUnready: true }, false],
    ['one that is not ready, under a stuck one', unready, { stuck: { why: 'not looked at' } }, true],
    [
      'the same, where such may always go',
      unready,
      { stuck: { why: 'not looked at' }, alwaysUnready: true },
      false,
    ],
    [
      'a ready one, under a stuck one',
      covered('web-0'),
      { stuck: { why: 'not looked at' }, alwaysUnready: true },
      true,
    ],
  ])('%s takes from its budget or not', (_name, pod, parts, expected) => {
    expect(spends(pod, budget(parts))).toBe(expected);
  });

  it('counts its ready pods among those of an owner', () => {
    expect(readyBefore(1, [web, { ...web, ready: false }])).toBe(1);
    expect(readyBefore(1, [web, web])).toBe(2);
    expect(readyBefore(5, [web])).toBe(5);
  });

  it('a taint takes those that do not tolerate it, and asks no budget', () => {
    expect(effectOf(evicting, housing([web, mirror]))).toMatchObject({
      node: { evicts: false },
      pods: { moved: [web] },
    });
  });
});

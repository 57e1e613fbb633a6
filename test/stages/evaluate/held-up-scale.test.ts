import { describe, expect, it } from 'vitest';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  deploymentFacts,
  noon,
  podFact,
  defaultPolicy as policy,
  scaleTo,
  specId,
  statefulSetFacts,
} from '../../fixtures/facts.ts';
import { autoscaleTo } from '../../fixtures/fields.ts';
import { saidBy } from '../../fixtures/history.ts';

const up = (ordinal: number) => podFact(`web-${ordinal}`);
const down = (ordinal: number, more: Partial<PodFact> = {}) =>
  podFact(`web-${ordinal}`, { ready: false, waiting: 'CrashLoopBackOff', ...more });

type Workload = Parameters<typeof statefulSetFacts>[0];
const set = (pods: readonly PodFact[], more: Workload = {}): Facts =>
  statefulSetFacts({
    pods: [...pods],
    desired: pods.length,
    ready: pods.filter(({ ready }) => ready).length,
    ordinals: { first: 0, inOrder: true },
    ...more,
  });

const judge = (facts: Facts, replicas: number, action = scaleTo(replicas, 'StatefulSet')) =>
  evaluate({ id: specId, now: noon, action, facts, policy });

const cure =
  'See to that first: where its template is at fault with kubectl rollout undo statefulset/web -n shop, else with kubectl delete pod %s -n shop';
const cureBy = (pods: string) => cure.replace('%s', pods);

describe('a StatefulSet that starts and stops its pods in order', () => {
  it.each<[string, Facts, number, string | undefined]>([
    ['all are ready', set([up(0), up(1), up(2)]), 5, undefined],
    [
      'a broken pod keeps new ones from coming',
      set([up(0), down(1), up(2)]),
      5,
      `Pod/web-1 (CrashLoopBackOff): StatefulSet/web starts its pods in order: the 2 new pods do not come before it is ready. ${cureBy('web-1')}`,
    ],
    [
      'two of them keep one',
      set([down(0), up(1), down(2, { waiting: 'ImagePullBackOff' })]),
      4,
      `Pod/web-0 (CrashLoopBackOff), Pod/web-2 (ImagePullBackOff): StatefulSet/web starts its pods in order: the new pod does not come before they are ready. ${cureBy('web-0 web-2')}`,
    ],
    [
      'without a revision to go back to',
      set([up(0), down(1)], { revisions: [] }),
      3,
      'Pod/web-1 (CrashLoopBackOff): StatefulSet/web starts its pods in order: the new pod does not come before it is ready. See to that first, as with kubectl delete pod web-1 -n shop',
    ],
    [
      'a broken pod that stays keeps the others from going',
      set([down(0), up(1), up(2)]),
      1,
      `Pod/web-0 (CrashLoopBackOff): StatefulSet/web takes its pods away in order: none of 2 pods goes before it is ready. ${cureBy('web-0')}`,
    ],
    [
      'the same of one that would go',
      set([down(0), up(1), up(2)]),
      2,
      `Pod/web-0 (CrashLoopBackOff): StatefulSet/web takes its pods away in order: no pod goes before it is ready. ${cureBy('web-0')}`,
    ],
    ['a broken pod that goes', set([up(0), up(1), down(2)]), 1, undefined],
    ['the only one, to none', set([down(0)]), 0, undefined],
    [
      'two broken pods that go',
      set([up(0), down(1), down(2)]),
      1,
      'Pod/web-2 (CrashLoopBackOff) does not go by itself: StatefulSet/web takes a pod away in order, and waits for it to be ready before that. Once the replicas are set, kubectl delete pod web-2 -n shop lets it go on.',
    ],
    [
      'with another first ordinal',
      set([up(5), down(6)], { ordinals: { first: 5, inOrder: true } }),
      1,
      undefined,
    ],
    ['one that is on its way out', set([up(0), down(1, { deleting: true })]), 3, undefined],
    [
      'one that starts all at once',
      set([up(0), down(1)], { ordinals: { first: 0, inOrder: false } }),
      3,
      undefined,
    ],
    [
      'judged before its order was read',
      statefulSetFacts({ pods: [up(0), down(1)], desired: 2, ready: 1 }),
      3,
      undefined,
    ],
  ])('%s', (_name, facts, replicas, sentence) => {
    const spec = judge(facts, replicas);
    expect(saidBy(spec, 'held-up-scale')).toEqual(sentence === undefined ? [] : [sentence]);
    if (sentence !== undefined) expect(['human', 'dual']).toContain(spec.tier);
  });

  it('an autoscaler that brings it there is told the same', () => {
    const { target } = scaleTo(1, 'StatefulSet');
    const action = { ...autoscaleTo({ min: 5, max: 9 }), target };
    const spec = evaluate({ id: specId, now: noon, action, facts: set([up(0), down(1)]), policy });
    expect(saidBy(spec, 'held-up-scale')).toHaveLength(1);
  });

  it('a Deployment starts its pods beside each other', () => {
    const facts = deploymentFacts({ pods: [up(0), down(1)], desired: 2, ready: 1 });
    expect(saidBy(judge(facts, 5, scaleTo(5)), 'held-up-scale')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import { bindingOf } from '../../../src/stages/evaluate/binding.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import {
  noon,
  podFact,
  defaultPolicy as policy,
  remediationId,
  restartOf,
  setImageTo,
  specId,
  statefulSetFacts,
  undoOf,
} from '../../fixtures/facts.ts';

const broken = podFact('web-2', { ready: false, hash: 'web-bad', waiting: 'ImagePullBackOff' });
const ready = [podFact('web-0', { hash: 'web-good' }), podFact('web-1', { hash: 'web-good' })];
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};

const set = (pods: readonly PodFact[], more: Parameters<typeof statefulSetFacts>[0] = {}): Facts =>
  statefulSetFacts({
    pods: [...pods],
    ready: pods.filter((pod) => pod.ready).length,
    heldUpBy: { pods: 1, firstOrdinal: 0 },
    liveRevision: 2,
    revisions: [
      { revision: 1, source: 'ControllerRevision web-good', template: { spec: { template } } },
      { revision: 2, source: 'ControllerRevision web-bad' },
    ],
    ...more,
  });

const undo = undoOf('StatefulSet');
const image: Action = { ...setImageTo('registry.example/web:3'), target: undo.target };
const restart = restartOf('StatefulSet');

const judge = (action: Action, facts: Facts) => evaluate({ id: specId, now: noon, action, facts, policy });
const saidOf = (action: Action, facts: Facts) =>
  judge(action, facts)
    .lineItems.filter(({ rule }) => rule === 'held-up-rollout')
    .map(({ sentence }) => sentence);

const deletes = (state: string, name = 'web-2') =>
  `Pod/${name} (${state}) would hold the rollout up for ever, for the set replaces no pod while one is not ready: it is deleted after the change, unless ready by then. Volume claims stay.`;
const stuck = (name: string, state = 'not ready') =>
  `Pod/${name} (${state}) holds the rollout up until it is ready or gone: the change does not reach it. See to it first.`;

/** Of the change that every verb makes in one of these sets. */
function deletedBy(action: Action, facts: Facts): string[] {
  const snapshot = {
    metadata: { uid: facts.identity.uid },
    spec: {
      template: { ...template, spec: { containers: [{ name: 'web', image: 'registry.example/web:1.1' }] } },
    },
  };
  const planned = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
  if (planned.kind === 'refused') throw new Error(planned.reason);
  const [write, ...deletions] = planned.plan.calls;
  expect(write?.kind).not.toBe('delete');
  return deletions.map((call) => {
    if (call.kind !== 'delete') throw new Error(`not a deletion: ${call.kind}`);
    expect(call.unlessReady?.after).toMatchObject({ resource: 'statefulsets', name: 'web' });
    return `${call.ref.name} ${call.uid}`;
  });
}

describe('a StatefulSet that replaces no pod while one is not ready', () => {
  it.each<[string, Action, Facts, string[], string[]]>([
    [
      'an undo deletes the broken pod',
      undo,
      set([...ready, broken]),
      [deletes('ImagePullBackOff')],
      ['web-2'],
    ],
    ['a new image too', image, set([...ready, broken]), [deletes('ImagePullBackOff')], ['web-2']],
    ['and a restart', restart, set([...ready, broken]), [deletes('ImagePullBackOff')], ['web-2']],
    [
      'one that runs and never becomes ready',
      undo,
      set([...ready, podFact('web-2', { ready: false, hash: 'web-bad' })]),
      [deletes('not ready')],
      ['web-2'],
    ],
    ['all ready', undo, set([...ready, podFact('web-2', { hash: 'web-bad' })]), [], []],
    [
      'one that has the template already stays, and holds it up',
      undo,
      set([podFact('web-0', { ready: false, hash: 'web-good' }), ready[1] ?? broken, broken]),
      [deletes('ImagePullBackOff'), stuck('web-0')],
      ['web-2'],
    ],
    [
      'one on its way out',
      undo,
      set([...ready, { ...broken, deleting: true }]),
      [stuck('web-2', 'being deleted')],
      [],
    ],
    [
      'one below the partition would get no other template',
      undo,
      set([{ ...broken, name: 'web-0' }, ...ready.slice(1), podFact('web-2')], {
        strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 1 },
      }),
      [stuck('web-0', 'ImagePullBackOff')],
      [],
    ],
    [
      'ordinals that begin elsewhere',
      undo,
      set([podFact('web-5'), podFact('web-6'), { ...broken, name: 'web-7' }, { ...broken, name: 'web-2' }], {
        heldUpBy: { pods: 1, firstOrdinal: 5 },
      }),
      [deletes('ImagePullBackOff', 'web-7')],
      ['web-7'],
    ],
    [
      'a Parallel set that two may hold up',
      undo,
      set([...ready, broken], { heldUpBy: { pods: 2, firstOrdinal: 0 } }),
      [],
      [],
    ],
    [
      'a Parallel set, or one that was judged before it was read',
      undo,
      { ...set([...ready, broken]), subject: withoutHold(set([...ready, broken])) },
      [],
      [],
    ],
  ])('%s', (_name, action, facts, sentences, pods) => {
    expect(saidOf(action, facts)).toEqual(sentences);
    expect(deletedBy(action, facts).map((each) => each.split(' ')[0])).toEqual(pods);
    if (sentences.length > 0) expect(['human', 'dual']).toContain(judge(action, facts).tier);
  });

  it('an approval is asked for the very pods', () => {
    const spec = judge(undo, set([...ready, broken]));
    expect(spec.targetState.sentence).toContain(
      'Then 1 pod that holds the rollout up, Pod/web-2, is deleted.',
    );
    expect(spec.targetState.fields).toMatchObject({ 'Pod/web-2': 'deleted (uid uid-of-web-2)' });
    expect(spec.rollbackPlan.sentence).toContain('A deleted pod does not come back; its successor stays.');
    expect(spec.lineItems.map(({ rule }) => rule)).not.toContain('unknown-effect');
  });

  it('no ready pod is ever deleted', () => {
    for (const action of [undo, image, restart])
      for (const waiting of [undefined, 'CrashLoopBackOff'])
        expect(
          deletedBy(
            action,
            set(
              ['web-0', 'web-1', 'web-2'].map((name) =>
                podFact(name, { hash: 'web-bad', ...(waiting && { waiting }) }),
              ),
            ),
          ),
        ).toEqual([]);
  });
});

function withoutHold({ subject }: Facts): Facts['subject'] {
  if (subject.kind !== 'workload') throw new Error('expected a workload');
  const { heldUpBy: _, ...rest } = subject;
  return rest;
}

it('an approval of it does not depend on the order in which the pods were listed', () => {
  const pods = [0, 1, 10, 2].map((ordinal) =>
    podFact(`web-${ordinal}`, { ready: false, hash: 'web-bad', waiting: 'ImagePullBackOff' }),
  );
  const [one, other] = [pods, pods.toReversed()].map((all) => {
    const facts = set(all, { desired: 11 });
    return { binding: bindingOf(judge(image, facts), facts), deleted: deletedBy(image, facts) };
  });
  expect(other).toEqual(one);
  expect(one?.deleted.map((each) => each.split(' ')[0])).toEqual(['web-0', 'web-1', 'web-2', 'web-10']);
});

import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { NodePod } from '../../../src/domain/facts/node.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import { judge as grade } from '../../../src/stages/verify/judge.ts';
import {
  defaultPolicy,
  deletePodIn,
  dependents,
  deploymentFacts,
  nodePod,
  noon,
  podFact,
  podFacts,
  remediationId,
  restartOf,
  scaleTo,
  specId,
  statefulSetFacts,
  taintNode,
  undoOf,
} from '../../fixtures/facts.ts';
import { drain, evicting, housing, pair } from '../../fixtures/nodes.ts';

const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });
const saidBy = (rule: string, { lineItems }: DeclarativeSpec) =>
  lineItems.filter((each) => each.rule === rule).map(({ sentence }) => sentence);

const silent = { name: 'worker-1', reported: false, since: '2026-03-01T11:48:00.000Z' };
const db = nodePod('db-1', { owner: 'StatefulSet/db', traits: ['claim'] });

/** As the node lifecycle controller leaves it: the pods of a node that is not ready are not either. */
const downOf = (pods: NodePod[], unready: object = silent): Facts =>
  housing(
    pods.map((pod) => ({ ...pod, ready: false })),
    1,
    { ready: false, unready: { ...silent, ...unready }, unschedulable: false },
  );

const dbPod = (parts: Parameters<typeof podFacts>[0] = {}): Facts =>
  podFacts(
    { controller: { kind: 'StatefulSet', name: 'db', desired: 3, ready: 2 }, ...parts },
    { neighbourhood: dependents({ claims: ['data-db-1'] }) },
  );
const down = { pod: podFact('web-0', { ready: false, node: 'worker-1' }), unreadyNode: silent };

describe('pods on a node that nobody hears from', () => {
  it('a drain is for two people, who are told what will not happen', () => {
    const spec = judge(drain, downOf([...pair, db]));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)).toEqual([
      'Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/db-1 in shop, Pod/web-0 in shop and Pod/web-1 in shop would stay Terminating until the node is back or its Node object is deleted.',
      'Pod/db-1 in shop is not started again anywhere by StatefulSet/db before that.',
      'The volumes of Pod/db-1 in shop stay attached to Node/worker-1 until then.',
      'Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on worker-1 ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one.',
    ]);
    expect(saidBy('moved-pods', spec)).toEqual(['3 pods of shop are told to end here.']);
  });

  it('a deletion is as well, and says that a StatefulSet starts no other', () => {
    const spec = judge(deletePodIn(), dbPod(down));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)[1]).toBe(
      'Pod/web-0 is not started again anywhere by StatefulSet/db before that.',
    );
    expect(spec.targetState.sentence).toBe(
      'Pod/web-0 in shop is told to end; it stays Terminating until its node confirms that.',
    );
    expect(JSON.stringify(spec)).not.toMatch(/has started another|starts another|attached again/);
    const stamp = { remediationId, stamp: noon, snapshot: {} };
    const planned = planExecution({ action: deletePodIn(), facts: dbPod(down), ...stamp });
    expect(planned).toMatchObject({
      plan: {
        calls: [
          {
            sentence:
              'Delete Pod/web-0 in shop; StatefulSet/db starts no other while Node/worker-1 is silent.',
          },
        ],
      },
    });
  });

  it.each([
    ['StatefulSet', false],
    ['DaemonSet', false],
    ['StrimziPodSet', false],
    ['CloneSet', false],
    ['ReplicaSet', true],
    ['Deployment', true],
    ['Job', true],
  ])('one of a %s is started elsewhere: %s', (kind, elsewhere) => {
    const spec = judge(deletePodIn(), dbPod({ ...down, controller: { kind, name: 'x', ready: 2 } }));
    expect(saidBy('unready-node', spec).some((each) => each.includes('not started again'))).toBe(!elsewhere);
  });

  it('a kubelet that says itself that it is not ready is believed no more', () => {
    const spec = judge(drain, downOf(pair, { reported: true }));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)[0]).toContain('has said for 12 minutes that it is not ready');
  });

  it('a node that an older release has looked at', () => {
    const { unready: _unready, ...subject } = nodeSubject(downOf(pair));
    const spec = judge(drain, { ...downOf(pair), subject });
    expect(saidBy('unready-node', spec)[0]).toContain('Node/worker-1 has not reported: nobody confirms');
  });

  it('pods that are Terminating there already are not counted as running', () => {
    const going = pair.map((pod) => ({ ...pod, traits: ['deleting' as const] }));
    const spec = judge(drain, downOf(going));
    expect(saidBy('moved-pods', spec)).toEqual([]);
    expect(saidBy('unready-node', spec)).toEqual([]);
  });

  it('the taint of a machine that is off ends them: nothing is left unsaid', () => {
    const off = {
      key: 'node.kubernetes.io/out-of-service',
      value: 'nodeshutdown',
      effect: 'NoExecute',
    } as const;
    const spec = judge(taintNode({ add: [off] }), downOf([db]));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)).toEqual([]);
    expect(saidBy('unready-node', judge(drain, downOf([db], { outOfService: true })))).toEqual([]);
  });

  it('is never verified before they are gone', () => {
    const facts = downOf([db]);
    const left = [{ namespace: 'shop', name: 'db-1', uid: db.uid, deleting: true, daemon: false }];
    const observation = {
      ...({ kind: 'node', at: noon, uid: facts.identity.uid, ready: false, unschedulable: true } as const),
      ...{ left, workloads: [] },
    };
    expect(grade({ action: drain, facts, results: [], observation })).toMatchObject({
      grade: 'pending',
      sentence:
        '1 of 1 pod is still on Node/worker-1: db-1 in shop. Node/worker-1 is not ready: nobody confirms that they have ended.',
    });
  });
});

const nodeSubject = ({ subject }: Facts) => {
  if (subject.kind !== 'node') throw new Error('not a node');
  return subject;
};

describe('a rollout that waits for pods on a node that nobody hears from', () => {
  const places = { tried: 3, placed: 3, silent: [{ node: silent, pods: ['web-1', 'web-2'] }] };
  const waits = 'The rollout of %s waits for Node/worker-1 and does not come to its end before that.';

  it.each([
    ['a restart', restartOf('StatefulSet')],
    ['an undo', undoOf('StatefulSet')],
  ])('%s of a StatefulSet is for two people, as the deletion of the pods is', (_name, action) => {
    const spec = judge(action, statefulSetFacts({}, { places }));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)).toEqual([
      'Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/web-1 and Pod/web-2 would stay Terminating until the node is back or its Node object is deleted.',
      'Pod/web-1 and Pod/web-2 are not started again anywhere by StatefulSet/web before that.',
      'The volumes of Pod/web-1 and Pod/web-2 stay attached to Node/worker-1 until then.',
      expect.stringMatching(/^Once the machine is surely off, /),
      waits.replace('%s', 'StatefulSet/web'),
    ]);
  });

  it('the same of what is recreated', () => {
    const spec = judge(restartOf(), deploymentFacts({ strategy: { type: 'Recreate' } }, { places }));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec).at(-1)).toBe(waits.replace('%s', 'Deployment/web'));
  });

  it('nothing is said where none has to be gone', () => {
    const spec = judge(restartOf(), deploymentFacts({}, { places: { tried: 3, placed: 3 } }));
    expect(saidBy('unready-node', spec)).toEqual([]);
    expect(spec.tier).toBe('auto');
  });
});

describe('fewer pods where one of those that may go is on a node that nobody hears from', () => {
  const places = { tried: 0, placed: 0, silent: [{ node: silent, pods: ['web-2'] }] };
  const stays =
    'Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/web-2 would stay Terminating until the node is back or its Node object is deleted.';
  const cure = expect.stringMatching(/^Once the machine is surely off, /);
  const waits =
    'The change of StatefulSet/web to fewer replicas waits for Node/worker-1 and does not come to its end before that';

  it.each([
    ['in order', true, `${waits}, and no other pod of it is started, replaced or taken away.`],
    ['all at once', false, `${waits}.`],
  ])('of a StatefulSet, %s', (_name, inOrder, last) => {
    const facts = statefulSetFacts({ ordinals: { first: 0, inOrder } }, { places });
    const spec = judge(scaleTo(2, 'StatefulSet'), facts);
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)).toEqual([
      stays,
      'The volumes of Pod/web-2 stay attached to Node/worker-1 until then.',
      cure,
      last,
    ]);
  });

  it('of a Deployment, which goes on', () => {
    const spec = judge(scaleTo(2), deploymentFacts({}, { places }));
    expect(spec.tier).toBe('dual');
    expect(saidBy('unready-node', spec)).toEqual([stays, cure]);
  });
});

describe('what is less healthy is never easier to disturb', () => {
  /**
   * Transformations: the node stops being ready, alone and together with its pods and what its owners have ready; a pod's
   * node stops being ready, alone and together with the pod. Stated exceptions: a cordon or NoSchedule taint of a node that
   * takes no pods anyway closes nothing, and one that is known to be off is repaired by ending its pods.
   */
  const healthyNode = (pods: NodePod[], ready: number) => housing(pods, ready);
  it.each([
    ['a drain', drain],
    ['a NoExecute taint', evicting],
  ] as const)('%s of a node', (_name, action) => {
    for (const pods of [pair, [db], [...pair, db], [nodePod('lone', { noPlace: 'no room' })]])
      for (const ready of [1, 2, 3, 10])
        for (const reported of [true, false]) {
          const before = judge(action, healthyNode(pods, ready)).score;
          const unready = { ...silent, reported };
          const alone = housing(pods, ready, { ready: false, unready });
          expect(judge(action, alone).score).toBeGreaterThanOrEqual(before);
          expect(judge(action, downOf(pods, { reported })).score).toBeGreaterThanOrEqual(before);
        }
  });

  it('a deletion of a pod', () => {
    for (const kind of ['StatefulSet', 'ReplicaSet'])
      for (const ready of [1, 2, 3, 10]) {
        const controller = { kind, name: 'db', desired: ready, ready };
        const before = judge(deletePodIn(), dbPod({ controller })).score;
        expect(judge(deletePodIn(), dbPod({ controller, unreadyNode: silent })).score).toBeGreaterThanOrEqual(
          before,
        );
        const gone = { ...controller, ready: ready - 1 };
        expect(judge(deletePodIn(), dbPod({ ...down, controller: gone })).score).toBeGreaterThanOrEqual(
          before,
        );
      }
  });
});

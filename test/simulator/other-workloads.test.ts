import { describe, expect, test } from 'vitest';
import { deletePod } from '../../src/simulator/controllers/ownership.ts';
import { nameOf } from '../../src/simulator/objects/identity.ts';
import { nodes, pods } from '../../src/simulator/resources.ts';
import { edited, listAt, put, textAt } from '../../src/simulator/tree.ts';
import { daemonSet, deployment, statefulSet } from '../../src/simulator/workloads.ts';
import { condition, createStage } from './stage.ts';

const db = { name: 'db', namespace: 'shop', image: 'db:1', replicas: 3 };

type Stage = ReturnType<typeof createStage>;
const names = (stage: Stage, app: string) => stage.pods(app).map(nameOf).sort();
const imagesOf = (stage: Stage, app: string) =>
  stage
    .pods(app)
    .map((pod) => `${nameOf(pod)} ${textAt(listAt(pod, 'spec', 'containers')[0], 'image')}`)
    .sort();

/** The order in which pods of an app first appeared. */
function appearances(stage: Stage, app: string, seconds: number): string[] {
  const seen = new Set<string>();
  stage.pass(seconds, () => {
    for (const pod of stage.pods(app))
      seen.add(
        textAt(pod, 'metadata', 'uid') === undefined
          ? ''
          : `${nameOf(pod)} ${textAt(pod, 'metadata', 'uid')}`,
      );
  });
  return [...seen].map((each) => each.split(' ')[0] ?? '');
}

describe('a StatefulSet', () => {
  test('starts its pods one after the other', () => {
    const stage = createStage();
    stage.apply(statefulSet(db));
    stage.pass(0.2);
    expect(names(stage, 'db')).toEqual(['db-0']);
    stage.pass(10);
    expect(names(stage, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
    const live = stage.get('StatefulSet', 'db');
    expect(live).toMatchObject({
      status: { replicas: 3, readyReplicas: 3, updatedReplicas: 3, observedGeneration: 1 },
    });
    expect(textAt(live, 'status', 'currentRevision')).toBe(textAt(live, 'status', 'updateRevision'));
  });

  test('updates from the highest ordinal down, and below the partition not at all', () => {
    const stage = createStage();
    stage.apply(statefulSet(db));
    stage.pass(10);
    const next = edited(statefulSet({ ...db, image: 'db:2' }), (draft) =>
      put(draft, ['spec', 'updateStrategy'], { type: 'RollingUpdate', rollingUpdate: { partition: 1 } }),
    );
    stage.apply(next);
    const order = appearances(stage, 'db', 20);
    expect(order.slice(3)).toEqual(['db-2', 'db-1']);
    expect(imagesOf(stage, 'db')).toEqual(['db-0 db:1', 'db-1 db:2', 'db-2 db:2']);
    expect(stage.list('ControllerRevision').map((each) => each['revision'])).toEqual([1, 2]);
  });

  test('stays stuck after an undo until the broken pod is deleted', () => {
    const stage = createStage();
    stage.apply(statefulSet(db));
    stage.pass(10);
    stage.apply(statefulSet({ ...db, image: 'db:bad' }));
    stage.pass(20);
    stage.apply(statefulSet(db));
    stage.pass(20);
    expect(imagesOf(stage, 'db')).toEqual(['db-0 db:1', 'db-1 db:1', 'db-2 db:bad']);
    const broken = stage.get('Pod', 'db-2');
    if (broken === undefined) throw new Error('db-2 is gone');
    deletePod(stage.world, pods, broken, undefined);
    stage.pass(10);
    expect(imagesOf(stage, 'db')).toEqual(['db-0 db:1', 'db-1 db:1', 'db-2 db:1']);
    expect(
      stage
        .list('ControllerRevision')
        .map((each) => each['revision'])
        .sort(),
    ).toEqual([2, 3]);
  });

  test('scales down from the highest ordinal', () => {
    const stage = createStage();
    stage.apply(statefulSet(db));
    stage.pass(10);
    stage.apply(statefulSet({ ...db, replicas: 1 }));
    stage.pass(0.2);
    const leaving = stage
      .pods('db')
      .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') !== undefined);
    expect(leaving.map(nameOf)).toEqual(['db-2']);
    stage.pass(5);
    expect(names(stage, 'db')).toEqual(['db-0']);
  });
});

describe('a DaemonSet', () => {
  const agent = { name: 'agent', namespace: 'shop', image: 'agent:1' };

  test('has a pod on every node and replaces them one node at a time', () => {
    const stage = createStage();
    stage.apply(daemonSet(agent));
    stage.pass(5);
    expect(
      stage
        .pods('agent')
        .map((pod) => textAt(pod, 'spec', 'nodeName'))
        .sort(),
    ).toEqual(['control-1', 'worker-1', 'worker-2']);
    stage.apply(daemonSet({ ...agent, image: 'agent:2' }));
    let least = 3;
    stage.pass(20, () => {
      least = Math.min(
        least,
        stage
          .pods('agent')
          .filter(
            (pod) =>
              condition(pod, 'Ready')?.['status'] === 'True' &&
              textAt(pod, 'metadata', 'deletionTimestamp') === undefined,
          ).length,
      );
    });
    expect(least).toBe(2);
    expect(stage.get('DaemonSet', 'agent')).toMatchObject({
      status: { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3, numberAvailable: 3 },
    });
  });
});

describe('a cordoned node', () => {
  test('gets the taint, takes no new pods, and loses the taint again', () => {
    const stage = createStage();
    const cordon = (on: boolean) => {
      const node = stage.world.store.get(nodes, undefined, 'worker-1');
      if (node === undefined) throw new Error('worker-1 is gone');
      const next = edited(node, (draft) => put(draft, ['spec', 'unschedulable'], on ? true : undefined));
      stage.world.store.update(nodes, next, { manager: 'test', operation: 'Update' });
      stage.pass(0.2);
      return listAt(stage.world.store.get(nodes, undefined, 'worker-1'), 'spec', 'taints').map(
        (taint) => taint['key'],
      );
    };
    expect(cordon(true)).toEqual(['node.kubernetes.io/unschedulable']);
    stage.apply(deployment({ name: 'web', namespace: 'shop', image: 'web:1', replicas: 4 }));
    stage.pass(5);
    expect(new Set(stage.pods('web').map((pod) => textAt(pod, 'spec', 'nodeName')))).toEqual(
      new Set(['worker-2']),
    );
    expect(cordon(false)).toEqual([]);
  });

  test('leaves pods pending when no node is left', () => {
    const stage = createStage();
    for (const name of ['worker-1', 'worker-2']) {
      const node = stage.world.store.get(nodes, undefined, name);
      if (node !== undefined)
        stage.world.store.update(
          nodes,
          edited(node, (draft) => put(draft, ['spec', 'unschedulable'], true)),
          { manager: 'test', operation: 'Update' },
        );
    }
    stage.apply(deployment({ name: 'web', namespace: 'shop', image: 'web:1' }));
    stage.pass(5);
    expect(condition(stage.pods('web')[0], 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
    });
    expect(stage.list('Event').map((event) => event['reason'])).toContain('FailedScheduling');
  });
});

import { describe, expect, test } from 'vitest';
import { isReady } from '../../src/simulator/controllers/template.ts';
import { deployments } from '../../src/simulator/resources.ts';
import { edited, listAt, numberAt, put, textAt } from '../../src/simulator/tree.ts';
import { deployment } from '../../src/simulator/workloads.ts';
import { condition, createStage, waitingReason } from './stage.ts';

const web = { name: 'web', namespace: 'shop', image: 'web:1', replicas: 3 };

function images(stage: ReturnType<typeof createStage>): (string | undefined)[] {
  return stage.pods('web').map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image'));
}

function revisions(stage: ReturnType<typeof createStage>) {
  return Object.fromEntries(
    stage
      .list('ReplicaSet')
      .map((set) => [
        textAt(listAt(set, 'spec', 'template', 'spec', 'containers')[0], 'image'),
        textAt(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'),
      ]),
  );
}

describe('a Deployment', () => {
  test('becomes available within a few seconds and says so', () => {
    const stage = createStage();
    stage.apply(deployment(web));
    expect(stage.get('Deployment', 'web')).not.toHaveProperty('status');
    stage.pass(5);
    const live = stage.get('Deployment', 'web');
    expect(live).toMatchObject({
      metadata: { generation: 1, annotations: { 'deployment.kubernetes.io/revision': '1' } },
      status: {
        observedGeneration: 1,
        replicas: 3,
        updatedReplicas: 3,
        readyReplicas: 3,
        availableReplicas: 3,
      },
    });
    expect(live).not.toHaveProperty('status.unavailableReplicas');
    expect(condition(live, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
    expect(condition(live, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
    });
  });

  test('rolls within maxSurge and maxUnavailable: 25 % of 3 is one more and none less', () => {
    const stage = createStage();
    stage.apply(deployment(web));
    stage.pass(5);
    stage.apply(deployment({ ...web, image: 'web:2' }));
    let most = 0;
    let least = 3;
    stage.pass(20, () => {
      const living = stage
        .pods('web')
        .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined);
      most = Math.max(most, living.length);
      least = Math.min(least, living.filter(isReady).length);
    });
    expect({ most, least }).toEqual({ most: 4, least: 3 });
    expect(images(stage)).toEqual(['web:2', 'web:2', 'web:2']);
    expect(revisions(stage)).toEqual({ 'web:1': '1', 'web:2': '2' });
  });

  test('an earlier template comes back as the newest revision', () => {
    const stage = createStage();
    for (const image of ['web:1', 'web:2', 'web:1']) {
      stage.apply(deployment({ ...web, image }));
      stage.pass(20);
    }
    expect(revisions(stage)).toEqual({ 'web:1': '3', 'web:2': '2' });
    expect(images(stage)).toEqual(['web:1', 'web:1', 'web:1']);
  });

  test('with Recreate has no old pod left when the first new one comes', () => {
    const stage = createStage();
    stage.apply(deployment({ ...web, strategy: 'Recreate' }));
    stage.pass(5);
    stage.apply(deployment({ ...web, strategy: 'Recreate', image: 'web:2' }));
    const mixtures = new Set<string>();
    stage.pass(10, () => mixtures.add([...new Set(images(stage))].join(' and ')));
    expect([...mixtures]).toEqual(['web:1', '', 'web:2']);
  });

  test('with a bad image keeps the old pods and misses its deadline', () => {
    const stage = createStage();
    stage.apply(deployment(web));
    stage.pass(5);
    stage.apply(
      edited(deployment({ ...web, image: 'web:bad' }), (draft) =>
        put(draft, ['spec', 'progressDeadlineSeconds'], 20),
      ),
    );
    stage.pass(10);
    expect(stage.get('Deployment', 'web')).toMatchObject({
      status: {
        replicas: 4,
        updatedReplicas: 1,
        readyReplicas: 3,
        availableReplicas: 3,
        unavailableReplicas: 1,
      },
    });
    expect(condition(stage.get('Deployment', 'web'), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'ReplicaSetUpdated',
    });
    expect(stage.pods('web').map(waitingReason)).toContain('ImagePullBackOff');
    stage.pass(15);
    expect(condition(stage.get('Deployment', 'web'), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
    stage.apply(deployment(web));
    stage.pass(10);
    expect(condition(stage.get('Deployment', 'web'), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
    expect(images(stage)).toEqual(['web:1', 'web:1', 'web:1']);
  });

  test('does not roll while paused, but scales', () => {
    const stage = createStage();
    stage.apply(deployment(web));
    stage.pass(5);
    stage.apply(
      edited(deployment({ ...web, image: 'web:2', replicas: 5 }), (draft) =>
        put(draft, ['spec', 'paused'], true),
      ),
    );
    stage.pass(10);
    expect(images(stage)).toEqual(Array(5).fill('web:1'));
    expect(condition(stage.get('Deployment', 'web'), 'Progressing')).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
    });
    stage.apply(deployment({ ...web, image: 'web:2', replicas: 5 }));
    stage.pass(20);
    expect(images(stage)).toEqual(Array(5).fill('web:2'));
    expect(condition(stage.get('Deployment', 'web'), 'Progressing')).toMatchObject({
      reason: 'NewReplicaSetAvailable',
    });
  });

  test('keeps as many old revisions as revisionHistoryLimit says', () => {
    const stage = createStage();
    for (const tag of [1, 2, 3, 4]) {
      stage.apply(
        edited(deployment({ ...web, image: `web:${tag}` }), (draft) =>
          put(draft, ['spec', 'revisionHistoryLimit'], 2),
        ),
      );
      stage.pass(20);
    }
    expect(revisions(stage)).toEqual({ 'web:2': '2', 'web:3': '3', 'web:4': '4' });
  });

  test('takes its pods with it when it is deleted', () => {
    const stage = createStage();
    const live = stage.apply(deployment(web));
    stage.pass(5);
    stage.world.store.remove(deployments, live);
    stage.pass(3);
    expect([stage.list('ReplicaSet').length, stage.pods('web').length]).toEqual([0, 0]);
  });

  test('shows that its spec was seen only after a controller has looked', () => {
    const stage = createStage();
    stage.apply(deployment(web));
    stage.pass(5);
    const scaled = stage.apply(deployment({ ...web, replicas: 4 }));
    expect(numberAt(scaled, 'metadata', 'generation')).toBe(2);
    expect(numberAt(scaled, 'status', 'observedGeneration')).toBe(1);
    stage.pass(0.1);
    expect(numberAt(stage.get('Deployment', 'web'), 'status', 'observedGeneration')).toBe(2);
  });
});

import { describe, expect, test } from 'vitest';
import { isReady } from '../../src/simulator/controllers/template.ts';
import type { JsonObject } from '../../src/simulator/json.ts';
import { curedByAnnotation, degradesAfterAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { edited, listAt, numberAt, put, textAt } from '../../src/simulator/tree.ts';
import { deployment, type Workload } from '../../src/simulator/workloads.ts';
import { createStage, waitingReason } from './stage.ts';

function run(workload: Partial<Workload>, seconds: number) {
  const stage = createStage();
  stage.apply(deployment({ name: 'web', namespace: 'shop', image: 'web:1', ...workload }));
  stage.pass(seconds);
  return { stage, pod: () => stage.pods('web')[0] };
}

const restarts = (pod: JsonObject | undefined) =>
  numberAt(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount');
const lastEnd = (pod: JsonObject | undefined) =>
  textAt(listAt(pod, 'status', 'containerStatuses')[0], 'lastState', 'terminated', 'reason');
const warnings = (stage: ReturnType<typeof createStage>) =>
  stage
    .list('Event')
    .filter((event) => event['type'] === 'Warning')
    .map((event) => event['reason']);

describe('a pod whose image tag asks for a failure', () => {
  test.each([
    { tag: 'crash', reason: 'Error' },
    { tag: 'oom', reason: 'OOMKilled' },
    { tag: 'crash-until-restart', reason: 'Error' },
  ])(':$tag goes round in CrashLoopBackOff with a growing restart count', ({ tag, reason }) => {
    const { stage, pod } = run({ image: `web:${tag}` }, 6);
    const first = restarts(pod());
    expect(lastEnd(pod())).toBe(reason);
    expect(waitingReason(pod())).toBe('CrashLoopBackOff');
    stage.pass(30);
    expect(restarts(pod())).toBeGreaterThan(first ?? 0);
    expect(isReady(pod() ?? {})).toBe(false);
    expect(warnings(stage)).toContain('BackOff');
  });

  test(':crash-later is Ready first', () => {
    const { stage, pod } = run({ image: 'web:crash-later' }, 3);
    expect(isReady(pod() ?? {})).toBe(true);
    stage.pass(10);
    expect(waitingReason(pod())).toBe('CrashLoopBackOff');
  });

  test(':never-ready runs without becoming ready', () => {
    const { stage, pod } = run({ image: 'web:never-ready' }, 10);
    expect(pod()).toMatchObject({ status: { phase: 'Running' } });
    expect([isReady(pod() ?? {}), restarts(pod())]).toEqual([false, 0]);
    expect(warnings(stage)).toContain('Unhealthy');
  });

  test.each(['bad', 'lastest', 'v'])(':%s cannot be pulled', (tag) => {
    const { stage, pod } = run({ image: `web:${tag}` }, 10);
    expect(waitingReason(pod())).toBe('ImagePullBackOff');
    expect(pod()).toMatchObject({ status: { phase: 'Pending' } });
    expect(warnings(stage)).toContain('Failed');
  });
});

test('a sick workload is cured by a restart, and stays cured', () => {
  const { stage, pod } = run({ behaviour: { [curedByAnnotation]: 'restart' } }, 20);
  expect(waitingReason(pod())).toBe('CrashLoopBackOff');
  const live = stage.get('Deployment', 'web');
  if (live === undefined) throw new Error('web is gone');
  stage.apply(
    edited(live, (draft) =>
      put(
        draft,
        ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'],
        '2026-01-31T10:00:00Z',
      ),
    ),
  );
  stage.pass(120);
  expect(stage.pods('web').map((each) => [isReady(each), restarts(each)])).toEqual([[true, 0]]);
});

test('a leaking workload runs well for a while, and again after its pods are replaced', () => {
  const { stage, pod } = run({ behaviour: { [degradesAfterAnnotation]: '60' } }, 30);
  expect(isReady(pod() ?? {})).toBe(true);
  stage.pass(60);
  expect(lastEnd(pod())).toBe('OOMKilled');
  expect(isReady(pod() ?? {})).toBe(false);
});

test('a pod is pending, then running, then ready, within three seconds', () => {
  const { stage } = run({}, 0);
  const story = new Set<string>();
  stage.pass(4, () => {
    const pod = stage.pods('web')[0];
    if (pod !== undefined)
      story.add(`${textAt(pod, 'status', 'phase')} ${isReady(pod) ? 'ready' : 'not ready'}`);
  });
  expect([...story]).toEqual(['Pending not ready', 'Running not ready', 'Running ready']);
});

describe('the log', () => {
  test('of a crashed run can be read as the previous one', () => {
    const { stage, pod } = run({ image: 'web:crash' }, 6);
    const { simulation, world } = stage;
    const answer = simulation.kubelet.log(world, pod() ?? {}, 'web', true);
    expect(answer).toMatchObject({ kind: 'lines' });
    expect(JSON.stringify(answer)).toContain('dial tcp 10.0.3.7:5432: connect: connection refused');
  });

  test.each([
    ['of a container that waits for its image', 'web:bad', 'web', false, 'waiting'],
    ['of a previous run that never was', 'web:1', 'web', true, 'no previous'],
    ['of a container that the pod does not have', 'web:1', 'proxy', false, 'unknown container'],
  ])('%s', (_, image, container, previous, kind) => {
    const { stage, pod } = run({ image }, 6);
    expect(stage.simulation.kubelet.log(stage.world, pod() ?? {}, container, previous).kind).toBe(kind);
  });
});

describe('a pod with containers that run before its own', () => {
  const withInit = (initContainers: JsonObject[], seconds: number) => {
    const stage = createStage();
    const object = deployment({ name: 'web', namespace: 'shop', image: 'web:1', replicas: 1 });
    stage.apply(
      edited(object, (draft) => put(draft, ['spec', 'template', 'spec', 'initContainers'], initContainers)),
    );
    stage.pass(seconds);
    const [pod = {}] = stage.pods('web');
    return { stage, pod, first: listAt(pod, 'status', 'initContainerStatuses') };
  };
  const init = (image: string, more: JsonObject = {}) => ({ name: 'first', image, ...more });

  test('waits for one that is tried again, and forgets it', () => {
    const early = withInit([init('wait:third-try')], 3);
    expect(early.pod).toMatchObject({ status: { phase: 'Pending' } });
    expect(waitingReason(early.pod)).toBe('PodInitializing');
    const { pod, first } = withInit([init('wait:third-try')], 20);
    expect([isReady(pod), restarts(pod)]).toEqual([true, 0]);
    expect(first).toMatchObject([
      {
        restartCount: 2,
        ready: true,
        state: { terminated: { reason: 'Completed', exitCode: 0 } },
        lastState: { terminated: { reason: 'Error', exitCode: 1 } },
      },
    ]);
  });

  test('never starts behind one that fails for ever', () => {
    const { pod, first } = withInit([init('migrate:crash')], 30);
    expect(first).toMatchObject([{ state: { waiting: { reason: 'CrashLoopBackOff' } } }]);
    expect([isReady(pod), waitingReason(pod)]).toEqual([false, 'PodInitializing']);
  });

  test('runs beside a sidecar, and is not ready while that crashes', () => {
    const sidecar = { restartPolicy: 'Always' };
    const fine = withInit([init('proxy:1', sidecar)], 10);
    expect(isReady(fine.pod)).toBe(true);
    expect(fine.first).toMatchObject([{ started: true, ready: true, restartCount: 0 }]);
    const { pod, first } = withInit([init('proxy:crash-later', sidecar)], 15);
    expect(isReady(pod)).toBe(false);
    expect(numberAt(first[0], 'restartCount')).toBeGreaterThan(0);
    expect(restarts(pod)).toBe(0);
  });
});

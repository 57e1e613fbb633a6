import { describe, expect, test } from 'vitest';
import { crashOf } from '../../../src/actions/pods/crash.ts';
import { pod } from '../../../src/adapters/kubernetes/client/objects.ts';
import { podFactOf } from '../../../src/adapters/kubernetes/facts/pod.ts';
import type { PodFact } from '../../../src/domain/facts/facts.ts';
import type { JsonObject } from '../../../src/domain/text/json.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import { deploymentFacts, restartOf } from '../../fixtures/facts.ts';
import { seen, wrote } from '../../fixtures/observation.ts';

const completed = { terminated: { reason: 'Completed', exitCode: 0 } };
const failed = { terminated: { reason: 'Error', exitCode: 1 } };
const crashLoop = { waiting: { reason: 'CrashLoopBackOff' } };
const initializing = { waiting: { reason: 'PodInitializing' } };
const running = { running: { startedAt: '2026-03-01T12:00:00Z' } };

const status = (name: string, restartCount: number, state: JsonObject, more: JsonObject = {}) => ({
  ...{ name, restartCount, state },
  ...more,
});
const app = (restarts: number, state: JsonObject = running, more: JsonObject = {}) =>
  status('app', restarts, state, { ready: state === running, ...more });
const conditions = (ready: boolean, initialized: boolean) =>
  [
    ['Initialized', initialized],
    ['Ready', ready],
  ].map(([type, holds]) => ({ type, status: holds ? 'True' : 'False' }));

interface Given {
  readonly init: readonly JsonObject[];
  readonly main?: readonly JsonObject[];
  readonly ready?: boolean;
  readonly initialized?: boolean;
}

function factOf({ init, main = [app(0)], ready = false, initialized = false }: Given): PodFact {
  const role = { proxy: { restartPolicy: 'Always' } };
  const names = ['wait-for-db', 'proxy', 'migrate'] as const;
  return podFactOf(
    pod.parse({
      metadata: { name: 'web-1', uid: 'u', resourceVersion: '1' },
      spec: {
        initContainers: names
          .filter((name) => init.some((each) => each['name'] === name))
          .map((name) => ({ name, ...(name === 'proxy' ? role.proxy : {}) })),
      },
      status: {
        phase: 'Running',
        conditions: conditions(ready, initialized),
        initContainerStatuses: init,
        containerStatuses: main,
      },
    }),
  );
}

/** What `kubectl get pods` prints in these cases was read off printPod of Kubernetes 1.36. */
describe('a pod as kubectl counts it', () => {
  test.each<[string, Given, Partial<PodFact>, string | undefined]>([
    [
      'an init container that was tried again and has completed counts no more',
      {
        init: [status('wait-for-db', 2, completed, { lastState: failed })],
        ready: true,
        initialized: true,
      },
      { ready: true, restarts: 0 },
      undefined,
    ],
    [
      'the same where nobody has said yet that the pod is initialized',
      { init: [status('wait-for-db', 2, completed, { lastState: failed })], ready: true },
      { ready: true, restarts: 0 },
      undefined,
    ],
    [
      'an init container that is tried again counts while it runs, and is no failure',
      { init: [status('wait-for-db', 1, running, { lastState: failed })], main: [app(0, initializing)] },
      { restarts: 1 },
      undefined,
    ],
    [
      'nor is the first wait between two tries',
      { init: [status('wait-for-db', 1, crashLoop, { lastState: failed })], main: [app(0, initializing)] },
      { restarts: 1, waiting: 'Init:CrashLoopBackOff' },
      undefined,
    ],
    [
      'one that goes round in errors is',
      { init: [status('migrate', 3, crashLoop, { lastState: failed })], main: [app(0, initializing)] },
      { restarts: 3, waiting: 'Init:CrashLoopBackOff', terminated: 'Error' },
      'Pod web-1 is in Init:CrashLoopBackOff (init container migrate, last ended: Error)',
    ],
    [
      'an image of an init container that is not there is a failure at once',
      {
        init: [status('migrate', 0, { waiting: { reason: 'ImagePullBackOff' } })],
        main: [app(0, initializing)],
      },
      { restarts: 0, waiting: 'Init:ImagePullBackOff' },
      'Pod web-1 is in Init:ImagePullBackOff (init container migrate)',
    ],
    [
      'the first of several is behind, the second is tried again: all count',
      {
        init: [
          status('wait-for-db', 2, completed, { lastState: failed }),
          status('migrate', 1, running, { lastState: failed }),
        ],
        main: [app(0, initializing)],
      },
      { restarts: 3 },
      undefined,
    ],
    [
      'a sidecar that runs and is ready',
      { init: [status('proxy', 0, running, { started: true, ready: true })], ready: true, initialized: true },
      { ready: true, restarts: 0 },
      undefined,
    ],
    [
      'a sidecar that crashes counts like any container',
      {
        init: [status('proxy', 4, crashLoop, { started: false, ready: false, lastState: failed })],
        initialized: true,
      },
      { ready: false, restarts: 4, waiting: 'Init:CrashLoopBackOff' },
      'Pod web-1 is in Init:CrashLoopBackOff (sidecar proxy, last ended: Error)',
    ],
    [
      'a sidecar that has just come up again',
      {
        init: [status('proxy', 1, running, { started: true, ready: true, lastState: failed })],
        ready: true,
        initialized: true,
      },
      { ready: true, restarts: 1 },
      'Pod web-1 has restarted once since the change (sidecar proxy, last ended: Error)',
    ],
    [
      'a sidecar that is not ready makes a pod unready, whatever its condition says',
      {
        init: [status('proxy', 0, running, { started: true, ready: false })],
        ready: true,
        initialized: true,
      },
      { ready: false, restarts: 0 },
      undefined,
    ],
    [
      'a container beside an init container that took two tries',
      {
        init: [status('wait-for-db', 2, completed, { lastState: failed })],
        main: [app(3, crashLoop, { lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } })],
        initialized: true,
      },
      { restarts: 3, waiting: 'CrashLoopBackOff', terminated: 'OOMKilled' },
      'Pod web-1 is in CrashLoopBackOff (container app, last ended: OOMKilled)',
    ],
    [
      'waiting for its init containers is no wait of its own',
      { init: [status('wait-for-db', 0, running)], main: [app(0, initializing)] },
      { restarts: 0 },
      undefined,
    ],
  ])('%s', (_name, given, expected, crash) => {
    const fact = factOf(given);
    expect(fact).toMatchObject(expected);
    if (expected.waiting === undefined) expect(fact).not.toHaveProperty('waiting');
    expect(crashOf(fact, [])).toBe(crash);
  });
});

describe('restarts since the change', () => {
  const before = factOf({
    init: [status('proxy', 4, running, { started: true, ready: true })],
    main: [app(2)],
    ready: true,
    initialized: true,
  });

  test('are those of each container by itself', () => {
    const after = factOf({
      // The sidecar was made anew and counts from the beginning; the other has restarted.
      init: [status('proxy', 0, running, { started: true, ready: true })],
      main: [app(3, running, { lastState: failed })],
      ready: true,
      initialized: true,
    });
    expect(after.restarts).toBeLessThan(before.restarts);
    expect(crashOf(after, [before])).toBe(
      'Pod web-1 has restarted once since the change (container app, last ended: Error)',
    );
  });

  test('are none where nothing has', () => expect(crashOf(before, [before])).toBeUndefined());

  test('of a pod that was looked at by an older release are taken of the sum', () => {
    const { containers: _containers, ...old } = before;
    expect(crashOf(before, [{ ...old, restarts: 6 }])).toBeUndefined();
    expect(crashOf(before, [{ ...old, restarts: 5 }])).toContain('has restarted once');
  });
});

describe('a rollout', () => {
  const judged = (given: Given) => {
    const pods = [factOf(given)];
    const { ready } = pods[0] ?? { ready: false };
    const numbers = { desired: 1, updated: 1, total: 1, ready: Number(ready), available: Number(ready) };
    const observation = seen({ ...numbers, pods });
    return judge({ action: restartOf(), facts: deploymentFacts(), results: wrote(8), observation });
  };

  test('whose pods had to wait for something before they came up has worked', () => {
    const tried = status('wait-for-db', 2, completed, { lastState: failed });
    expect(judged({ init: [tried], ready: true, initialized: true })).toMatchObject({ grade: 'good' });
    const trying = status('wait-for-db', 1, crashLoop, { lastState: failed });
    expect(judged({ init: [trying], main: [app(0, initializing)] })).toMatchObject({ grade: 'pending' });
  });

  test('whose sidecar goes round in errors has not', () => {
    const sidecar = status('proxy', 2, crashLoop, { started: false, ready: false, lastState: failed });
    expect(judged({ init: [sidecar], initialized: true })).toMatchObject({ grade: 'bad' });
    const up = status('proxy', 2, running, { started: true, ready: true, lastState: failed });
    expect(judged({ init: [up], ready: true, initialized: true })).toMatchObject({ grade: 'bad' });
  });
});

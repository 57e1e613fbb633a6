import { expect, test } from 'vitest';
import { readAlertmanager } from '../../src/adapters/http/alertmanager.ts';
import { isReady } from '../../src/simulator/controllers/template.ts';
import type { JsonObject } from '../../src/simulator/json.ts';
import {
  bareCluster,
  commandsToTry,
  crashingPod,
  sampleAlert,
  sampleCluster,
  sampleObjects,
} from '../../src/simulator/scenario.ts';
import { listAt, numberAt, textAt } from '../../src/simulator/tree.ts';
import { condition, createStage, waitingReason } from './stage.ts';

/** One cluster for all of these tests, in the order in which its life goes on. */
const stage = createStage([bareCluster, ...sampleCluster]);

const restarts = (pod: JsonObject | undefined) =>
  numberAt(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount') ?? 0;

test('starts a quarter of an hour into its life, with the troubles that the list of sample objects names', () => {
  expect(stage.pods('web').every(isReady)).toBe(true);
  expect(stage.pods('checkout').map((pod) => [isReady(pod), restarts(pod) > 2])).toEqual([
    [false, true],
    [false, true],
  ]);
  expect(stage.pods('cart').map(waitingReason)).toContain('ImagePullBackOff');
  expect(stage.get('Deployment', 'cart')).toMatchObject({ status: { readyReplicas: 3, updatedReplicas: 1 } });
  expect(stage.pods('recommendations').every(isReady)).toBe(true);
  expect(stage.get('StatefulSet', 'orders-db', 'data')).toMatchObject({ status: { readyReplicas: 3 } });
  expect(stage.get('DaemonSet', 'node-agent', 'platform')).toMatchObject({ status: { numberReady: 3 } });
  expect(stage.get('CronJob', 'nightly-report')).toMatchObject({ spec: { schedule: '0 2 * * *' } });
  expect(condition(stage.get('Job', 'import-prices'), 'Failed')).toMatchObject({
    reason: 'BackoffLimitExceeded',
  });
  expect(stage.get('Deployment', 'ledger', 'payments')).toMatchObject({ status: { readyReplicas: 1 } });
  expect(stage.get('Deployment', 'coredns', 'kube-system')).toMatchObject({ status: { readyReplicas: 2 } });
});

test('the sample alert is one that Alertmanager could send, about a pod that crashes at every start', () => {
  const pod = stage.get('Pod', crashingPod);
  expect(stage.pods('checkout').map((each) => textAt(each, 'metadata', 'name'))).toContain(crashingPod);
  expect(restarts(pod)).toBeGreaterThan(2);
  const read = readAlertmanager(sampleAlert('2026-01-31T10:00:00Z'));
  expect(read).toMatchObject({
    kind: 'alerts',
    alerts: [{ labels: { alertname: 'KubePodCrashLooping', pod: crashingPod } }],
  });
});

const mentioned = [
  ...sampleObjects.flatMap(({ where }) => where.split(', ')),
  // The word for nodes goes without their kind.
  ...commandsToTry.map(({ command }) => command.replace(/^drain /, 'drain node/')),
];

test('everything that is named to people is there', () => {
  const kinds: Readonly<Record<string, string>> = {
    deployment: 'Deployment',
    statefulset: 'StatefulSet',
    daemonset: 'DaemonSet',
    node: 'Node',
    cronjob: 'CronJob',
    job: 'Job',
  };
  const missing = mentioned.filter((text) => {
    const [, kind = '', name = ''] =
      /(deployment|statefulset|daemonset|node|cronjob|job)\/([a-z0-9-]+)/.exec(text) ?? [];
    const inNamespace = /-n ([a-z-]+)/.exec(text)?.[1];
    return stage.find(kinds[kind] ?? '', name, inNamespace) === undefined;
  });
  expect(missing).toEqual([]);
});

test('goes on changing: recommendations runs out of memory a few minutes later', () => {
  stage.pass(150, undefined, 1);
  const ends = stage
    .pods('recommendations')
    .map((pod) => textAt(listAt(pod, 'status', 'containerStatuses')[0], 'lastState', 'terminated', 'reason'));
  expect(ends).toEqual(['OOMKilled', 'OOMKilled']);
});

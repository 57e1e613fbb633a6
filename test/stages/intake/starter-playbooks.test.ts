import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlaybooks } from '../../../src/config.ts';
import { isGroup } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import { claimOf, stepsOf } from '../../../src/domain/incidents/playbook.ts';
import { type AlertTarget, targetOf } from '../../../src/stages/intake/alert-target.ts';
import { matchPlaybook } from '../../../src/stages/intake/match.ts';
import { fillTemplate } from '../../../src/stages/intake/template.ts';
import { claimOf as standingOf } from '../../../src/workflow/intake/claimed.ts';
import { jobFacts } from '../../fixtures/batch.ts';
import { deploymentFacts, nodeFacts, podFact } from '../../fixtures/facts.ts';
import { strictPolicy } from '../../fixtures/rig.ts';
import { alertOf } from '../../fixtures/script.ts';

const playbooks = loadPlaybooks(join(import.meta.dirname, '../../../examples/playbooks'));
const asking = { playbooks: () => playbooks, policy: () => strictPolicy };

/** What Prometheus adds to metrics of kube-state-metrics. */
const scraped = {
  job: 'kube-state-metrics',
  instance: '10.1.4.7:8443',
  severity: 'warning',
  prometheus: 'monitoring/main',
};
const pod = { namespace: 'shop', pod: 'web-7d4b9c6f5-x2x9k' };

const workload = (pods: readonly Partial<PodFact>[], live = {}): Facts =>
  deploymentFacts({
    pods: pods.map((each, i) => podFact(`web-${i}`, each)),
    desired: 3,
    updated: 3,
    ready: 3,
    ...live,
  });
const healthy = workload([{}, {}, {}]);
const looping = workload([{ ready: false, restarts: 7, waiting: 'CrashLoopBackOff' }], { ready: 2 });
const unpulled = workload([{ ready: false, waiting: 'ImagePullBackOff' }], { ready: 2 });
const stuck = workload([{ ready: false }], { ready: 2, updated: 1, rollingOut: true });
const notReady = nodeFacts({ ready: false });

/** The labels of each alert as the rule leaves them (kubernetes-mixin, alerts/apps_alerts.libsonnet and kubelet.libsonnet). */
const offered: readonly (readonly [string, Record<string, string>, string, { well: Facts; ill: Facts }])[] = [
  [
    'KubePodCrashLooping',
    { ...scraped, ...pod, container: 'web', reason: 'CrashLoopBackOff', uid: 'u' },
    'restart-crash-looping',
    { well: healthy, ill: looping },
  ],
  [
    'KubePodNotReady',
    { ...pod, severity: 'warning' },
    'undo-unpullable-image',
    { well: healthy, ill: unpulled },
  ],
  [
    'KubeContainerWaiting',
    { ...pod, container: 'web', severity: 'warning' },
    'undo-unpullable-image',
    { well: healthy, ill: unpulled },
  ],
  [
    'KubeDeploymentReplicasMismatch',
    { ...scraped, namespace: 'shop', deployment: 'web' },
    'undo-stuck-rollout',
    { well: healthy, ill: stuck },
  ],
  [
    'KubeDeploymentRolloutStuck',
    { ...scraped, namespace: 'shop', deployment: 'web', condition: 'Progressing', status: 'false' },
    'undo-stuck-rollout',
    { well: healthy, ill: stuck },
  ],
  [
    'KubeStatefulSetReplicasMismatch',
    { ...scraped, namespace: 'shop', statefulset: 'db' },
    'restart-statefulset',
    { well: healthy, ill: looping },
  ],
  [
    'KubeStatefulSetUpdateNotRolledOut',
    { ...scraped, namespace: 'shop', statefulset: 'db' },
    'undo-stuck-statefulset',
    { well: healthy, ill: stuck },
  ],
  [
    'KubeDaemonSetRolloutStuck',
    { ...scraped, namespace: 'shop', daemonset: 'agent' },
    'undo-stuck-daemonset',
    { well: healthy, ill: stuck },
  ],
  [
    'KubeJobFailed',
    {
      ...scraped,
      namespace: 'batch',
      job_name: 'report-1',
      condition: 'true',
      reason: 'BackoffLimitExceeded',
    },
    'run-failed-job-again',
    { well: jobFacts({ ended: 'Complete' }), ill: jobFacts({ ended: 'Failed' }) },
  ],
  [
    'KubeNodeNotReady',
    { ...scraped, node: 'worker-1', condition: 'Ready', status: 'true' },
    'cordon-unready-node',
    { well: nodeFacts(), ill: notReady },
  ],
  [
    'KubeNodeUnreachable',
    { ...scraped, node: 'worker-1', key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
    'cordon-unready-node',
    { well: nodeFacts(), ill: notReady },
  ],
];

/** The values that triage finds; a pod is followed to a Deployment. */
function valuesOf(found: AlertTarget): Record<string, string> {
  switch (found.kind) {
    case 'pod':
      return { kind: 'deployment', name: 'web', namespace: found.namespace, pod: found.pod };
    case 'object':
      return {
        kind: found.target.kind.toLowerCase(),
        name: found.target.name,
        namespace: found.target.namespace,
      };
    case 'node':
      return { kind: 'node', name: found.name, node: found.name };
    default:
      return {};
  }
}

describe.each(offered)('%s', (alertname, labels, expected, { well, ill }) => {
  const alert = alertOf({ ...labels, alertname });
  const playbook = matchPlaybook(alert, playbooks);

  test('finds its playbook and its object, and every step is a command on it', () => {
    expect(playbook?.name).toBe(expected);
    const values = valuesOf(targetOf(alert));
    for (const { action } of playbook === undefined ? [] : stepsOf(playbook))
      expect(fillTemplate(action, values)).toMatchObject({ kind: 'action' });
  });

  test.each([
    ['is not so of a healthy object', well, 'broken'],
    ['is so of what it is about', ill, 'holds'],
  ] as const)('what it claims %s', (_name, facts, kind) => {
    if (playbook === undefined) throw new Error('no playbook');
    const filled = fillTemplate(stepsOf(playbook)[0]?.action ?? '', valuesOf(targetOf(alert)));
    if (filled.kind !== 'action' || isGroup(filled.action)) throw new Error('no action on one object');
    const member = { action: filled.action, facts };
    expect(standingOf(asking, claimOf(playbook), [member]).kind).toBe(kind);
  });
});

test('each playbook that comes with Firebreak is for one of these alerts', () => {
  const names = new Set(offered.map(([, , name]) => name));
  expect(playbooks.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
});

describe('alerts for which nothing is offered', () => {
  test.each([
    ['CPUThrottlingHigh', { ...pod, container: 'web' }],
    [
      'KubePersistentVolumeFillingUp',
      { namespace: 'shop', persistentvolumeclaim: 'data', node: 'worker-1', job: 'kubelet' },
    ],
    ['KubeHpaMaxedOut', { ...scraped, namespace: 'shop', horizontalpodautoscaler: 'web' }],
    ['KubeDeploymentGenerationMismatch', { ...scraped, namespace: 'shop', deployment: 'web' }],
    ['KubeJobNotCompleted', { namespace: 'batch', job_name: 'report-1' }],
    ['KubeDaemonSetNotScheduled', { ...scraped, namespace: 'shop', daemonset: 'agent' }],
    ['KubeNodeReadinessFlapping', { node: 'worker-1' }],
    ['KubeletTooManyPods', { node: 'worker-1' }],
    ['Watchdog', {}],
  ])('%s', (alertname, labels) => {
    expect(matchPlaybook(alertOf({ ...labels, alertname }), playbooks)).toBeUndefined();
  });
});

describe('an exporter is never the target, and what is missing is named', () => {
  const exporter = {
    namespace: 'monitoring',
    pod: 'kube-state-metrics-7d4b9c6f5-x2x9k',
    job: 'kube-state-metrics',
  };
  test.each(offered.map(([alertname]) => alertname))('%s', (alertname) => {
    const found = targetOf(alertOf({ ...exporter, alertname }));
    expect(found).toMatchObject({ kind: 'none', reason: expect.stringMatching(/label .* is missing/) });
  });
});

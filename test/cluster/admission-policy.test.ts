import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../contract/rest.ts';
import { guardedObjects } from './guarded-objects.ts';
import type { KubectlResult } from './kubectl.ts';
import { applyShared, freshNamespace, kubectl, kubectlAs } from './oracle.ts';

/*
 * The account of deploy/base/rbac.yaml as somebody has it who took its token, and with far more rights than it is given: what
 * holds then is the admission policy alone.
 */

const policy = resolve(import.meta.dirname, '../../deploy/base/admission-policy.yaml');
const account = 'system:serviceaccount:firebreak:firebreak';
/** A role that somebody bound to it by mistake, in one namespace: everything, but what the policies ask for by name. */
const mistake = (name: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${name} }
rules:
  - apiGroups: ["", apps, batch, autoscaling, rbac.authorization.k8s.io]
    resources: ["*"]
    verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: mistake }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name} }
subjects: [{ kind: ServiceAccount, name: firebreak, namespace: firebreak }]
`;
const everyRight = ['--as-group=system:masters'];

let namespace: string;

beforeAll(async () => {
  await applyShared(policy);
  namespace = await freshNamespace('guarded');
  await kubectl(['apply', '-n', namespace, '-f', '-'], `${guardedObjects}---${mistake(namespace)}`);
  // The API server takes a moment to hold a policy that is new.
  await until(
    () => asFirebreak(['create', 'configmap', 'early', '--dry-run=server']),
    ({ stderr }) => stderr.includes('Firebreak writes no such thing'),
  );
});
afterAll(() => kubectl(['delete', 'clusterrole', namespace, '--ignore-not-found']));

function asFirebreak(args: readonly string[], stdin?: string): Promise<KubectlResult> {
  return kubectlAs('admin', ['-n', namespace, `--as=${account}`, ...args], stdin);
}

/** Sends a patch as the account would; the dry run goes through the same admission. */
const patch = (object: string, type: 'merge' | 'json' | 'strategic', body: object, ...more: string[]) =>
  asFirebreak([
    'patch',
    object,
    `--type=${type}`,
    `--patch=${JSON.stringify(body)}`,
    '--dry-run=server',
    ...more,
  ]);

const inTemplate = (spec: object) => ({ spec: { template: { spec } } });
const container = (fields: object) => inTemplate({ containers: [{ name: 'app', ...fields }] });

describe('refused', () => {
  const everyWorkload = ['deployment/web', 'statefulset/web', 'daemonset/web'] as const;

  test.each(everyWorkload)('more rights for the pods of %s', async (workload) => {
    const attacks = [
      inTemplate({ serviceAccountName: 'admin' }),
      inTemplate({ hostNetwork: true }),
      inTemplate({ hostPID: true }),
      inTemplate({ hostIPC: true }),
      inTemplate({ shareProcessNamespace: true }),
      inTemplate({ automountServiceAccountToken: true }),
      inTemplate({ priorityClassName: 'system-node-critical' }),
      inTemplate({ securityContext: { runAsUser: 0 } }),
      inTemplate({ volumes: [{ name: 'root', hostPath: { path: '/' } }] }),
      inTemplate({ volumes: [{ name: 'socket', hostPath: { path: '/' } }] }),
      container({ securityContext: { privileged: true, runAsUser: 0 } }),
      inTemplate({ containers: [{ name: 'other', image: 'x', securityContext: { privileged: true } }] }),
      inTemplate({ initContainers: [{ name: 'extra', image: 'x', securityContext: { privileged: true } }] }),
      inTemplate({ containers: [{ name: 'guarded', securityContext: null }] }),
      inTemplate({ containers: [{ name: 'guarded', securityContext: { runAsNonRoot: null } }] }),
      container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
      inTemplate({ nodeName: 'control-plane' }),
      {
        spec: {
          template: {
            metadata: {
              annotations: { 'container.apparmor.security.beta.kubernetes.io/guarded': 'unconfined' },
            },
          },
        },
      },
    ];
    for (const attack of attacks) {
      const { code, stderr } = await patch(workload, 'strategic', attack);
      expect({ attack, code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('may not change the rights of pods'),
      });
    }
  });

  test.each([
    ['deployment/web', { spec: { replicas: 50 } }, 'spec.replicas'],
    ['deployment/web', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }, 'the type of an'],
    [
      'statefulset/web',
      { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } },
      'the type of an',
    ],
    [
      'statefulset/web',
      { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } },
      'spec.persistent',
    ],
    ['daemonset/web', { metadata: { finalizers: ['a/b'] } }, 'metadata.finalizers'],
    [
      'deployment/web',
      { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'x' }] } },
      'metadata.owner',
    ],
    ['pod/web', { spec: { containers: [{ name: 'app', image: 'evil:1' }] } }, 'spec.containers'],
    ['pod/web', { spec: { activeDeadlineSeconds: 1 } }, 'spec.activeDeadlineSeconds'],
    ['pod/web', { metadata: { finalizers: ['a/b'] } }, 'metadata.finalizers'],
    ['cronjob/web', { spec: { schedule: '* * * * *' } }, 'spec.schedule'],
    [
      'cronjob/web',
      { spec: { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } } },
      'spec.jobTemplate',
    ],
    ['job/web', { spec: { template: { metadata: { labels: { a: 'b' } } } } }, 'spec.template'],
    [
      'hpa/web',
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'other', apiVersion: 'apps/v1' } } },
      'spec.scaleTargetRef',
    ],
    ['hpa/web', { spec: { behavior: { scaleDown: { selectPolicy: 'Disabled' } } } }, 'spec.behavior'],
    ['hpa/web', { spec: { metrics: [] } }, 'metrics'],
    [
      'hpa/web',
      {
        spec: {
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } },
            },
            {
              type: 'Resource',
              resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 5 } },
            },
          ],
        },
      },
      'metrics',
    ],
  ])('%s: %j', async (object, body, words) => {
    const { code, stderr } = await patch(object, 'merge', body);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/Firebreak (may|writes)/) });
    expect(stderr).toContain(words);
  });

  test('fields of a node that no action writes', async () => {
    const node = `node/${(await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])).trim()}`;
    for (const spec of [{ providerID: 'x://y' }, { podCIDR: '10.9.0.0/24', podCIDRs: ['10.9.0.0/24'] }]) {
      const { stderr } = await patch(node, 'merge', { spec }, ...everyRight);
      expect(stderr).toMatch(/Firebreak may not write spec\.(providerID|podCIDR)/);
    }
    expect((await patch(node, 'merge', { spec: { unschedulable: true } }, ...everyRight)).code).toBe(0);
    expect((await patch(node, 'merge', { metadata: { labels: { tier: 'a' } } }, ...everyRight)).code).toBe(0);
  });

  const job = (name: string, more: string, spec = '') => `
apiVersion: batch/v1
kind: Job
metadata: { name: ${name}${more} }
spec: { template: { spec: { restartPolicy: Never, ${spec} containers: [{ name: app, image: "web:1" }] } } }`;
  test.each([
    ['host namespaces', job('a', '', 'hostPID: true,'), 'rights on the node'],
    [
      'files of the node',
      job('a', '', 'volumes: [{ name: r, hostPath: { path: / } }],'),
      'rights on the node',
    ],
    ['the node by its name', job('a', '', 'nodeName: control-plane,'), 'rights on the node'],
    [
      'a priority of the system',
      job('a', '', 'priorityClassName: system-node-critical,'),
      'rights on the node',
    ],
    [
      'settings of the kernel',
      job('a', '', 'securityContext: { sysctls: [{ name: kernel.msgmax, value: "1" }] },'),
      'rights on the node',
    ],
    [
      'no filter of system calls',
      job('a', '', 'securityContext: { seccompProfile: { type: Unconfined } },'),
      'rights on the node',
    ],
    [
      'a port of the node',
      job(
        'a',
        '',
        'initContainers: [{ name: i, image: "x:1", ports: [{ containerPort: 1, hostPort: 1 }] }],',
      ),
      'rights on the node',
    ],
    ['a finalizer', job('a', ', finalizers: [a/b]'), 'no Job with finalizers'],
    [
      'another owner',
      job('a', ', ownerReferences: [{ apiVersion: v1, kind: Pod, name: web, uid: x }]'),
      'belongs to a CronJob or to nobody',
    ],
  ])('a new Job with %s', async (_name, manifest, words) => {
    const { code, stderr } = await asFirebreak(['create', '--dry-run=server', '-f', '-'], manifest);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(words) });
  });

  test.each([
    ['plain', job('a', '')],
    [
      'confined',
      job(
        'a',
        '',
        'securityContext: { runAsUser: 7, fsGroup: 7, seccompProfile: { type: RuntimeDefault } },',
      ),
    ],
  ])('but not a new Job that is %s', async (_name, manifest) => {
    const { code, stderr } = await asFirebreak(['create', '--dry-run=server', '-f', '-'], manifest);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  const autoscaler = (more: string): string => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: made${more} }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 3
  metrics:
    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }`;
  test.each(['behavior', 'metrics'])('the %s of an autoscaler as an annotation of v1', async (field) => {
    const value =
      field === 'metrics'
        ? '[]'
        : JSON.stringify({
            scaleDown: {
              policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }],
              selectPolicy: 'Disabled',
            },
          });
    const annotations = { [`autoscaling.alpha.kubernetes.io/${field}`]: value };
    const { stderr } = await patch('horizontalpodautoscalers.v1.autoscaling/web', 'merge', {
      metadata: { annotations },
    });
    expect(stderr).toMatch(
      /Firebreak may (not write spec.behavior|change nothing of the metrics|not write spec.metrics)/,
    );
  });
  test.each([
    ['a finalizer', ', finalizers: [a/b]'],
    ['an owner', ', ownerReferences: [{ apiVersion: v1, kind: Pod, name: web, uid: x }]'],
  ])('a new autoscaler with %s', async (_name, more) => {
    const create = (manifest: string) => asFirebreak(['create', '--dry-run=server', '-f', '-'], manifest);
    expect((await create(autoscaler(more))).stderr).toContain('makes no autoscaler with finalizers');
    expect(await create(autoscaler(''))).toMatchObject({ code: 0 });
  });

  test('a deletion without the uid, or of many', async () => {
    for (const args of [
      ['pod', 'web'],
      ['job', '--all'],
    ]) {
      const { code, stderr } = await asFirebreak(['delete', ...args, '--wait=false', '--dry-run=server']);
      expect({ args, code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('one object at a time, by its uid'),
      });
    }
  });

  test('a deletion that leaves a pod no time', async () => {
    await kubectl(['wait', '-n', namespace, 'pod/web', '--for=condition=PodScheduled']);
    const uid = await kubectl(['get', 'pod', 'web', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
    const kill = (gracePeriodSeconds: number) =>
      asFirebreak(
        ['delete', '--raw', `/api/v1/namespaces/${namespace}/pods/web?dryRun=All`, '-f', '-'],
        JSON.stringify({
          kind: 'DeleteOptions',
          gracePeriodSeconds,
          preconditions: { uid },
          dryRun: ['All'],
        }),
      );
    expect((await kill(0)).stderr).toContain('lets a pod have its grace period');
    expect(await kill(30)).toMatchObject({ code: 0 });
    const evict = (deleteOptions: object) =>
      asFirebreak(
        ['create', '--raw', `/api/v1/namespaces/${namespace}/pods/web/eviction?dryRun=All`, '-f', '-'],
        JSON.stringify({
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: 'web', namespace },
          deleteOptions,
        }),
      );
    expect((await evict({ preconditions: { uid }, gracePeriodSeconds: 0 })).stderr).toContain(
      'lets a pod have its grace period',
    );
    expect((await evict({})).stderr).toContain('evicts a pod by its uid');
    expect(await evict({ preconditions: { uid } })).toMatchObject({ code: 0 });
  });

  test('a deletion that leaves the pods of a Job', async () => {
    const uid = await kubectl(['get', 'job', 'web', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
    const remove = (propagationPolicy: string) =>
      asFirebreak(
        ['delete', '--raw', `/apis/batch/v1/namespaces/${namespace}/jobs/web?dryRun=All`, '-f', '-'],
        JSON.stringify({
          kind: 'DeleteOptions',
          propagationPolicy,
          preconditions: { uid },
          dryRun: ['All'],
        }),
      );
    expect((await remove('Orphan')).stderr).toContain('deletes a Job with its pods');
    expect(await remove('Background')).toMatchObject({ code: 0 });
  });

  test.each([
    [['create', 'configmap', 'a'], 'CREATE /configmaps'],
    [['create', 'secret', 'generic', 'a'], 'CREATE /secrets'],
    [
      ['create', 'clusterrolebinding', 'a', '--clusterrole=cluster-admin', '--user=eve'],
      'CREATE rbac.authorization.k8s.io/clusterrolebindings',
    ],
    [['create', 'deployment', 'a', '--image=evil'], 'CREATE apps/deployments'],
    [['run', 'a', '--image=evil'], 'CREATE /pods'],
    [['delete', 'deployment', 'web'], 'DELETE apps/deployments'],
    [['delete', 'configmap', 'web'], 'DELETE /configmaps'],
  ])('%j', async (args, words) => {
    const { code, stderr } = await asFirebreak([...args, ...everyRight, '--dry-run=server']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('Firebreak writes no such thing'),
    });
    expect(stderr).toContain(words);
  });

  test('a container that is put into a running pod', async () => {
    const body = { spec: { ephemeralContainers: [{ name: 'debug', image: 'evil' }] } };
    const { stderr } = await patch('pod/web', 'strategic', body, '--subresource=ephemeralcontainers');
    expect(stderr).toContain('Firebreak writes no such thing: UPDATE /pods/ephemeralcontainers');
  });

  test('a status', async () => {
    const { stderr } = await patch(
      'deployment/web',
      'merge',
      { status: { replicas: 9 } },
      '--subresource=status',
    );
    expect(stderr).toContain('Firebreak writes no such thing: UPDATE apps/deployments/status');
  });
});

test('a role lets an undo change the rights of pods, in its namespace alone', async () => {
  const attempt = () => patch('deployment/web', 'strategic', inTemplate({ serviceAccountName: 'other' }));
  expect((await attempt()).stderr).toContain('may not change the rights of pods');
  const role = ['--clusterrole=firebreak-pod-rights', '--serviceaccount=firebreak:firebreak'];
  await kubectl(['create', 'rolebinding', 'rights', '-n', namespace, ...role]);
  await until(attempt, ({ code }) => code === 0);
  await kubectl(['delete', 'rolebinding', 'rights', '-n', namespace]);
});

test('nobody else is held by it', async () => {
  const body = JSON.stringify({ spec: { replicas: 2 } });
  await kubectl(['patch', 'deployment/web', '-n', namespace, '--type=merge', `--patch=${body}`]);
});

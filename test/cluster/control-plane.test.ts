import { readFileSync } from 'node:fs';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { describe, expect, inject, test } from 'vitest';
import { freshNamespace, kubectl, kubectlAs } from './oracle.ts';
import { kubernetesVersion } from './programs.ts';

describe('the control plane of the tests', () => {
  test('is ready and is the release that go.mod names', async () => {
    expect(await kubectl(['get', '--raw', '/readyz'])).toBe('ok');
    const version = JSON.parse(await kubectl(['get', '--raw', '/version']));
    expect(version).toMatchObject({ gitVersion: `v${kubernetesVersion()}`, gitTreeState: 'clean' });
  });

  test('is one that the Kubernetes client of Node trusts and can list', async () => {
    const config = new KubeConfig();
    config.loadFromFile(inject('controlPlane').kubeconfigPath);
    const { items } = await config.makeApiClient(CoreV1Api).listNode();
    const names = items.map((node) => node.metadata?.name);
    // Other tests add nodes of their own.
    expect(names).toEqual(expect.arrayContaining(['node-0', 'node-1', 'node-2']));
  });

  test('refuses a caller whose token it does not know', async () => {
    const { url } = inject('controlPlane');
    const answer = await kubectlAs('admin', ['get', 'pods', '--server', url, '--token', 'nobody', '--v=6']);
    expect(answer.code).not.toBe(0);
    expect(answer.stderr).toContain('Unauthorized');
  });

  test('rolls a Deployment out, schedules its pods and collects them after deletion', async () => {
    const namespace = await freshNamespace('rollout');
    const inNamespace = ['--namespace', namespace];
    await kubectl(['create', 'deployment', 'web', '--image=web:1', '--replicas=3', ...inNamespace]);
    const status = await kubectl(['rollout', 'status', 'deployment/web', '--timeout=300s', ...inNamespace]);
    expect(status).toContain('successfully rolled out');

    const nodes = await kubectl([
      'get',
      'pods',
      '--output=jsonpath={.items[*].spec.nodeName}',
      ...inNamespace,
    ]);
    expect(nodes.split(' ').sort()).toEqual(['node-0', 'node-1', 'node-2']);

    await kubectl(['delete', 'deployment', 'web', '--cascade=foreground', '--timeout=300s', ...inNamespace]);
    expect(await kubectl(['get', 'replicasets,pods', '--output=name', ...inNamespace])).toBe('');
  });

  test('runs a Job to its end', async () => {
    const namespace = await freshNamespace('job');
    await kubectl(['create', 'job', 'backup', '--image=backup:1', '--namespace', namespace]);
    await kubectl([
      'wait',
      'job/backup',
      '--for=condition=Complete',
      '--timeout=300s',
      '--namespace',
      namespace,
    ]);
  });
});

describe('the audit log', () => {
  test('tells who wrote what, and what was refused', async () => {
    const namespace = await freshNamespace('audit');
    await kubectlAs('mallory', ['delete', 'deployment', 'web', '--namespace', namespace]);
    await kubectl(['create', 'deployment', 'web', '--image=web:1', '--namespace', namespace]);
    const events = readFileSync(inject('controlPlane').auditLogPath, 'utf8').trimEnd().split('\n');
    const writes = events
      .map((line) => JSON.parse(line))
      .filter((event) => event.objectRef.namespace === namespace);
    expect(writes).toMatchObject([
      { verb: 'delete', user: { username: 'mallory' }, responseStatus: { code: 403 } },
      { verb: 'create', user: { username: 'admin' }, responseStatus: { code: 201 } },
    ]);
  });
});

describe('a user', () => {
  test('may do what a role allows and is refused the rest with 403', async () => {
    const namespace = await freshNamespace('rbac');
    const inNamespace = ['--namespace', namespace];
    await kubectl(['create', 'role', 'reader', '--verb=get,list', '--resource=deployments', ...inNamespace]);
    await kubectl(['create', 'rolebinding', 'alice', '--role=reader', '--user=alice', ...inNamespace]);

    expect(await kubectlAs('alice', ['get', 'deployments', ...inNamespace])).toMatchObject({ code: 0 });
    const create = await kubectlAs('alice', ['create', 'deployment', 'web', '--image=web:1', ...inNamespace]);
    expect(create).toMatchObject({ code: 1, stderr: expect.stringContaining('User "alice" cannot create') });
    const other = await kubectlAs('mallory', ['get', 'deployments', '--v=6', ...inNamespace]);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('403 Forbidden') });
  });

  test.each(['firebreak', 'alice', 'bob', 'mallory'] as const)('%s starts with no rights', async (user) => {
    const answer = await kubectlAs(user, ['auth', 'can-i', 'get', 'pods', '--all-namespaces']);
    expect(answer).toMatchObject({ code: 1, stdout: 'no\n' });
  });
});

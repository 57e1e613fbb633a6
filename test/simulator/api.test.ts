import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestLine } from '../../src/simulator/api/server.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { at, listAt, numberAt, textAt } from '../../src/simulator/tree.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { createClient, until } from './api-client.ts';

const lines: RequestLine[] = [];
let cluster: SimulatedCluster | undefined;
let counter = 0;

beforeAll(async () => {
  cluster = await createSimulatedCluster({ speed: 20, onRequest: (line) => lines.push(line) });
  cluster.apply(namespace('shop'));
});
afterAll(() => cluster?.stop());

/** A settled Deployment of its own for a test, and the client that looks at it. */
async function settled(more: Partial<Parameters<typeof deployment>[0]> = {}) {
  counter += 1;
  const name = `web-${counter}`;
  const client = createClient(cluster?.url ?? '');
  cluster?.apply(deployment({ name, namespace: 'shop', image: 'web:1', replicas: 2, ...more }));
  const path = `/apis/apps/v1/namespaces/shop/deployments/${name}`;
  const wanted = more.replicas ?? 2;
  const { body } = await until(
    () => client.get(path),
    (answer) =>
      numberAt(answer.body, 'status', 'observedGeneration') === 1 &&
      (numberAt(answer.body, 'status', 'readyReplicas') ?? 0) === wanted,
  );
  return { client, path, name, live: body };
}

const restart = (value: string) => ({
  spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': value } } } },
});
const genericFailure = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server rejected our request due to an error in our request',
  reason: 'Invalid',
  details: {},
  code: 422,
};

describe('as observed on kube-apiserver 1.36', () => {
  test('a dry-run restart answers the next generation and stores nothing', async () => {
    const { client, path, live } = await settled();
    const dry = await client.strategic(`${path}?dryRun=All`, restart('2026-01-31T10:00:00Z'));
    expect(dry.status).toBe(200);
    expect(numberAt(dry.body, 'metadata', 'generation')).toBe(2);
    const after = await client.get(path);
    expect(at(after.body, 'metadata', 'resourceVersion')).toBe(at(live, 'metadata', 'resourceVersion'));
    expect(at(after.body, 'spec', 'template')).toEqual(at(live, 'spec', 'template'));
  });

  test('the same annotation value twice changes the generation once', async () => {
    const { client, path } = await settled();
    const generations = [];
    for (const _ of [1, 2])
      generations.push(
        numberAt(
          (await client.strategic(path, restart('2026-01-31T10:00:00Z'))).body,
          'metadata',
          'generation',
        ),
      );
    expect(generations).toEqual([2, 2]);
  });

  test('an annotation of a Deployment bumps its generation', async () => {
    const { client, path } = await settled();
    const { body } = await client.merge(path, { metadata: { annotations: { note: 'x' } } });
    expect(numberAt(body, 'metadata', 'generation')).toBe(2);
  });

  test('a failed test of a JSON patch is 422 with empty details', async () => {
    const { client, path } = await settled();
    const { status, body } = await client.jsonPatch(path, [
      { op: 'test', path: '/metadata/uid', value: 'another' },
      { op: 'add', path: '/spec/paused', value: true },
    ]);
    expect(status).toBe(422);
    expect(body).toEqual(genericFailure);
    expect(at((await client.get(path)).body, 'spec', 'paused')).toBeUndefined();
  });

  test('a validation error is 422 with name, kind and causes', async () => {
    const { client, path, name } = await settled();
    const { status, body } = await client.merge(path, { spec: { replicas: -1 } });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      reason: 'Invalid',
      message: `Deployment.apps "${name}" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
      details: {
        name,
        group: 'apps',
        kind: 'Deployment',
        causes: [{ reason: 'FieldValueInvalid', field: 'spec.replicas' }],
      },
    });
  });

  test('test of null passes on an absent path; add works on absent and present ones; false is stored as absent', async () => {
    const { client, path } = await settled();
    const paused = [
      { op: 'test', path: '/spec/paused', value: null },
      { op: 'add', path: '/spec/paused', value: true },
    ];
    expect((await client.jsonPatch(path, paused)).status).toBe(200);
    expect((await client.jsonPatch(path, paused)).body).toEqual(genericFailure);
    const resumed = await client.jsonPatch(path, [{ op: 'add', path: '/spec/paused', value: false }]);
    expect(at(resumed.body, 'spec', 'paused')).toBeUndefined();
    const absent = await client.jsonPatch(path, [{ op: 'test', path: '/spec/nothing', value: 1 }]);
    expect(absent.body).toEqual(genericFailure);
  });

  test('an unknown field is an error where the writer wants it strict, else a warning', async () => {
    const { client, path } = await settled();
    const strict = await client.merge(`${path}?fieldValidation=Strict`, { spec: { futureField: 1 } });
    expect(strict.status).toBe(422);
    expect(strict.body).toMatchObject({ details: { causes: [{ field: 'patch' }] } });
    expect(textAt(strict.body, 'message')).toContain(
      'strict decoding error: unknown field "spec.futureField"',
    );
    const lenient = await client.merge(path, { spec: { futureField: 1 } });
    expect(lenient.warning).toBe('299 - "unknown field \\"spec.futureField\\""');
    expect(at(lenient.body, 'spec', 'futureField')).toBeUndefined();
  });

  test('a wrong resourceVersion is 409, a wrong uid in a merge patch 422', async () => {
    const { client, path, name } = await settled();
    const version = await client.merge(path, { metadata: { resourceVersion: '1' }, spec: { paused: true } });
    expect(version.status).toBe(409);
    expect(version.body).toMatchObject({
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on deployments.apps "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    });
    const uid = await client.merge(path, { metadata: { uid: 'another' }, spec: { paused: true } });
    expect(uid.status).toBe(422);
    expect(textAt(uid.body, 'message')).toMatch(/metadata.uid: Invalid value: "another": field is immutable/);
  });

  test('the scale at zero has an empty spec, and can be guarded by null', async () => {
    const { client, path } = await settled();
    const down = await client.jsonPatch(`${path}/scale`, [
      { op: 'test', path: '/spec/replicas', value: 2 },
      { op: 'replace', path: '/spec/replicas', value: 0 },
    ]);
    expect(down.body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: {} });
    expect(at((await client.get(path)).body, 'spec', 'replicas')).toBe(0);
    const guardedByZero = await client.jsonPatch(`${path}/scale`, [
      { op: 'test', path: '/spec/replicas', value: 0 },
    ]);
    expect(guardedByZero.body).toEqual(genericFailure);
    const up = await client.jsonPatch(`${path}/scale`, [
      { op: 'test', path: '/spec/replicas', value: null },
      { op: 'add', path: '/spec/replicas', value: 3 },
    ]);
    expect(up.body).toMatchObject({ spec: { replicas: 3 } });
  });

  test('a guarded patch that is sent again fails its guard', async () => {
    const { client, path, live } = await settled();
    const guarded = [
      { op: 'test', path: '/metadata/generation', value: numberAt(live, 'metadata', 'generation') },
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:2' },
    ];
    expect((await client.jsonPatch(path, guarded)).status).toBe(200);
    expect((await client.jsonPatch(path, guarded)).body).toEqual(genericFailure);
  });

  test('deleting a pod with the uid of another is 409', async () => {
    const { client, name } = await settled();
    const pods = await client.get(`/api/v1/namespaces/shop/pods?labelSelector=app=${name}`);
    const pod = textAt(listAt(pods.body, 'items')[0], 'metadata', 'name') ?? '';
    const path = `/api/v1/namespaces/shop/pods/${pod}`;
    const wrong = await client.remove(path, { preconditions: { uid: 'another' } });
    expect(wrong.status).toBe(409);
    expect(textAt(wrong.body, 'message')).toMatch(
      /the UID in the precondition \(another\) does not match the UID in record/,
    );
    const dry = await client.remove(path, { dryRun: ['All'] });
    expect([dry.status, at(dry.body, 'metadata', 'deletionTimestamp')]).toEqual([200, undefined]);
    const deleted = await client.remove(path, {
      preconditions: { uid: textAt(listAt(pods.body, 'items')[0], 'metadata', 'uid') },
    });
    expect(at(deleted.body, 'metadata', 'deletionTimestamp')).toBeTypeOf('string');
    await until(
      () => client.get(path),
      ({ status }) => status === 404,
    );
  });

  test('managedFields: scale has a subresource and no time, others the given manager or the user agent', async () => {
    const { path } = await settled();
    const client = createClient(cluster?.url ?? '', { 'user-agent': 'somebody/1.0 (linux)' });
    await client.merge(`${path}/scale?fieldManager=firebreak`, { spec: { replicas: 3 } });
    await client.merge(path, { spec: { paused: true } });
    const entries = listAt((await client.get(path)).body, 'metadata', 'managedFields');
    const scaled = entries.find((entry) => entry['manager'] === 'firebreak');
    expect(scaled).toMatchObject({
      operation: 'Update',
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
    expect(scaled).not.toHaveProperty('time');
    expect(entries.find((entry) => entry['manager'] === 'somebody')).toMatchObject({
      fieldsV1: { 'f:spec': { 'f:paused': {} } },
    });
  });
});

describe('answers that are not the object', () => {
  test.each([
    {
      name: 'a missing object',
      path: '/apis/apps/v1/namespaces/shop/deployments/nobody',
      status: 404,
      message: 'deployments.apps "nobody" not found',
    },
    {
      name: 'a missing pod',
      path: '/api/v1/namespaces/shop/pods/nobody',
      status: 404,
      message: 'pods "nobody" not found',
    },
    {
      name: 'a missing node',
      path: '/api/v1/nodes/nobody',
      status: 404,
      message: 'nodes "nobody" not found',
    },
    {
      name: 'a selector that cannot be read',
      path: '/api/v1/pods?labelSelector=a%20in%20b',
      status: 400,
      message: "unable to parse requirement: found 'a in b' in 'a in b'",
    },
  ])('$name', async ({ path, status, message }) => {
    const answer = await createClient(cluster?.url ?? '').get(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', message });
  });

  test('an unknown resource is plain text', async () => {
    const answer = await createClient(cluster?.url ?? '').get('/apis/example.com/v1/widgets');
    expect([answer.status, answer.text]).toEqual([404, '404 page not found\n']);
  });

  test('a patch of an unknown content type is 415, one that is not a patch 400, an unknown operation 422', async () => {
    const { client, path } = await settled({ replicas: 1 });
    expect((await client.patchAs('application/json', path, {})).status).toBe(415);
    expect((await client.jsonPatch(path, { spec: {} })).status).toBe(400);
    const unknown = await client.jsonPatch(path, [{ op: 'increase', path: '/spec/replicas' }]);
    expect(unknown.body).toEqual(genericFailure);
  });

  test('creating twice is 409, in a missing namespace 404', async () => {
    const client = createClient(cluster?.url ?? '');
    const object = (inNamespace: string) =>
      deployment({ name: 'created', namespace: inNamespace, image: 'web:1' });
    const path = '/apis/apps/v1/namespaces/shop/deployments';
    expect((await client.post(path, object('shop'))).status).toBe(201);
    expect((await client.post(path, object('shop'))).body).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
    });
    expect(
      (await client.post('/apis/apps/v1/namespaces/nowhere/deployments', object('nowhere'))).body,
    ).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
  });
});

test('items of a list carry neither kind nor apiVersion, and pages follow on', async () => {
  const client = createClient(cluster?.url ?? '');
  const first = await client.get('/api/v1/nodes?limit=2');
  expect(first.body).toMatchObject({
    kind: 'NodeList',
    apiVersion: 'v1',
    metadata: { remainingItemCount: 1 },
  });
  const items = listAt(first.body, 'items');
  expect(items.map((item) => [textAt(item, 'metadata', 'name'), 'kind' in item])).toEqual([
    ['control-1', false],
    ['worker-1', false],
  ]);
  const rest = await client.get(
    `/api/v1/nodes?limit=2&continue=${textAt(first.body, 'metadata', 'continue')}`,
  );
  expect(listAt(rest.body, 'items').map((item) => textAt(item, 'metadata', 'name'))).toEqual(['worker-2']);
});

test('a watch tells what changes, from the list on', async () => {
  const { client, path, name } = await settled({ replicas: 1 });
  const list = await client.get('/apis/apps/v1/namespaces/shop/deployments');
  const version = textAt(list.body, 'metadata', 'resourceVersion') ?? '';
  const abort = new AbortController();
  const watch = `${cluster?.url}/apis/apps/v1/namespaces/shop/deployments?watch=true&resourceVersion=${version}&fieldSelector=metadata.name=${name}`;
  const response = await fetch(watch, { signal: abort.signal });
  await client.merge(path, { metadata: { labels: { seen: 'yes' } } });
  const reader = response.body?.getReader();
  const chunk = await reader?.read();
  abort.abort();
  const event: unknown = JSON.parse(new TextDecoder().decode(chunk?.value).split('\n')[0] ?? '');
  expect(event).toMatchObject({
    type: 'MODIFIED',
    object: { kind: 'Deployment', metadata: { name, labels: { seen: 'yes' } } },
  });
});

test('the request log counts what had an effect', async () => {
  const { client, path } = await settled({ replicas: 1 });
  const from = lines.length;
  await client.strategic(`${path}?dryRun=All&fieldManager=a`, restart('1'));
  await client.strategic(`${path}?fieldManager=a`, restart('1'));
  await client.strategic(`${path}?fieldManager=a`, restart('1'));
  const own = lines.slice(from).filter((line) => line.path === path && line.verb === 'patch');
  expect(
    own.map(({ dryRun, changed, status, fieldManager }) => ({ dryRun, changed, status, fieldManager })),
  ).toEqual([
    { dryRun: true, changed: false, status: 200, fieldManager: 'a' },
    { dryRun: false, changed: true, status: 200, fieldManager: 'a' },
    { dryRun: false, changed: false, status: 200, fieldManager: 'a' },
  ]);
});

describe('what is withheld', () => {
  test('is 403 in the words of RBAC, and so says the access review', async () => {
    const closed = await createSimulatedCluster({
      forbid: [{ verb: 'patch', resource: 'deployments', namespace: 'kube-system' }],
    });
    const client = createClient(closed.url);
    const answer = await client.merge('/apis/apps/v1/namespaces/kube-system/deployments/dns', {});
    expect(answer.status).toBe(403);
    expect(textAt(answer.body, 'message')).toBe(
      'deployments.apps "dns" is forbidden: User "system:serviceaccount:firebreak:firebreak" cannot patch resource "deployments" in API group "apps" in the namespace "kube-system"',
    );
    const review = async (verb: string) => {
      const attributes = { verb, resource: 'deployments', group: 'apps', namespace: 'kube-system' };
      const { body } = await client.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        spec: { resourceAttributes: attributes },
      });
      return at(body, 'status', 'allowed');
    };
    expect([await review('patch'), await review('get')]).toEqual([false, true]);
    await closed.stop();
  });

  test('without the token is 401, but for the health checks', async () => {
    const guarded = await createSimulatedCluster({ token: 'secret' });
    const stranger = createClient(guarded.url);
    expect((await stranger.get('/api/v1/nodes')).body).toMatchObject({ code: 401, reason: 'Unauthorized' });
    expect((await stranger.get('/readyz')).text).toBe('ok');
    const known = createClient(guarded.url, { authorization: 'Bearer secret' });
    expect((await known.get('/api/v1/nodes')).status).toBe(200);
    await guarded.stop();
  });
});

test('a taken port is said so', async () => {
  const port = Number(new URL(cluster?.url ?? '').port);
  await expect(createSimulatedCluster({ port })).rejects.toThrow(
    `The simulated cluster cannot listen on 127.0.0.1:${port}`,
  );
});

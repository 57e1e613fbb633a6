import { describe, expect, test } from 'vitest';
import type { Api, ApiRequest } from '../../../src/adapters/kubernetes/client/api.ts';
import { anyObject } from '../../../src/adapters/kubernetes/client/objects.ts';
import { createReader, type Reader } from '../../../src/adapters/kubernetes/client/read.ts';
import { pathOf, versionsOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { readConversions } from '../../../src/adapters/kubernetes/facts/dependents/conversions.ts';
import { readOperator } from '../../../src/adapters/kubernetes/facts/owners/operator.ts';
import { createUnknowns } from '../../../src/adapters/kubernetes/facts/unknowns.ts';

interface Server {
  readonly reader: Reader;
  readonly asked: string[];
}

const { signal } = new AbortController();
const refusal = (status: number) =>
  ({
    kind: 'refusal',
    status,
    reason: 'Refused',
    guardFailed: false,
    sentence: `It said ${status}.`,
  }) as const;

/** A server that answers with these bodies by path, refuses with these codes, and has nothing else. */
function serverWith(answers: Readonly<Record<string, object | number>>): Server {
  const asked: string[] = [];
  const api: Api = async ({ resource, metadataOnly }: ApiRequest) => {
    const path = pathOf(resource);
    asked.push(metadataOnly ? `${path} (metadata)` : path);
    const body = answers[path] ?? 404;
    if (typeof body === 'number') return refusal(body);
    return { kind: 'ok', status: 200, body, warnings: [] };
  };
  return { reader: createReader(api, signal), asked };
}

const named = (name: string, rest: object = {}) => ({
  metadata: { name, uid: `uid-of-${name}`, resourceVersion: '1', ...rest },
});

describe('a kind that is served under one of several versions', () => {
  const versions = versionsOf('TLSRoute', { namespace: 'shop' });
  const [newest = '', , oldest = ''] = versions.map(pathOf);
  const list = (name: string) => ({ items: [named(name)] });
  const names = async ({ reader }: Server) => {
    const read = await reader.listFirstServed(anyObject, versions);
    return read.kind === 'read' ? read.value.map(({ metadata }) => metadata.name) : read.sentence;
  };

  test('is asked for under each, and the newest served answers', async () => {
    const server = serverWith({ [newest]: list('new'), [oldest]: list('old') });
    expect(await names(server)).toEqual(['new']);
    expect(server.asked).toEqual(versions.map(pathOf));
    expect(await names(serverWith({ [oldest]: list('old') }))).toEqual(['old']);
  });

  test('not installed there are none, and forbidden it is not known', async () => {
    expect(await names(serverWith({}))).toEqual([]);
    expect(await names(serverWith({ [newest]: 403 }))).toBe('It said 403.');
  });
});

describe('definitions with a conversion webhook', () => {
  const all = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const managed = (conversion: object) => [{ fieldsV1: { 'f:spec': { 'f:conversion': conversion } } }];
  const withWebhook = managed({ 'f:strategy': {}, 'f:webhook': { 'f:clientConfig': {} } });
  const spec = { versions: [{ name: 'v1' }], conversion: { strategy: 'Webhook' } };
  const namesOf = async ({ reader }: Server) => {
    const read = await readConversions(reader);
    return read.kind === 'read' ? read.value.map(({ metadata }) => metadata.name) : read.sentence;
  };

  test('are the only ones that are fetched, and those of which nobody knows', async () => {
    const server = serverWith({
      [all]: {
        items: [
          named('plain', { managedFields: managed({ 'f:strategy': {} }) }),
          named('other', { managedFields: [{ fieldsV1: { 'f:spec': { 'f:group': {} } } }, {}] }),
          named('hooked', { managedFields: withWebhook }),
          named('cleared'),
          named('gone', { managedFields: withWebhook }),
        ],
      },
      [`${all}/hooked`]: { ...named('hooked'), spec },
      [`${all}/cleared`]: { ...named('cleared'), spec: { versions: [] } },
    });
    expect(await namesOf(server)).toEqual(['hooked', 'cleared']);
    expect(server.asked).toEqual([`${all} (metadata)`, `${all}/hooked`, `${all}/cleared`, `${all}/gone`]);
  });

  test('come in one list where they are many', async () => {
    const many = Array.from({ length: 21 }, (_, index) => ({
      ...named(`kind-${index}`, { managedFields: withWebhook }),
      spec,
    }));
    const server = serverWith({ [all]: { items: many } });
    expect(await namesOf(server)).toHaveLength(21);
    expect(server.asked).toEqual([`${all} (metadata)`, all]);
  });

  test('that may not be read are not known', async () => {
    expect(await namesOf(serverWith({ [all]: 403 }))).toBe('It said 403.');
    const one = { items: [named('hooked', { managedFields: withWebhook })] };
    expect(await namesOf(serverWith({ [all]: one, [`${all}/hooked`]: 403 }))).toBe('It said 403.');
  });
});

describe('the operator above an object', () => {
  const owned = (apiVersion: string, kind: string, name: string, uid = `uid-of-${name}`) =>
    anyObject.parse(named('x', { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] }));
  const deployment = '/apis/apps/v1/namespaces/shop/deployments/web';
  const set = '/apis/apps/v1/namespaces/shop/replicasets/web-1';
  const cluster = { apiVersion: 'example.com/v1', kind: 'Cluster', name: 'main' };
  const ofCluster = { ownerReferences: [{ ...cluster, uid: 'u', controller: true }] };
  const ofDeployment = {
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-of-web', controller: true },
    ],
  };
  const chain = { [set]: named('web-1', ofDeployment), [deployment]: named('web', ofCluster) };

  test.each([
    ['controls it directly', owned('example.com/v1', 'Cluster', 'main'), {}, cluster],
    ['is found through the kinds in between', owned('apps/v1', 'ReplicaSet', 'web-1'), chain, cluster],
    [
      'is none where the owner is another by now',
      owned('apps/v1', 'ReplicaSet', 'web-1', 'old'),
      chain,
      undefined,
    ],
    ['is none for a pod of a Job', owned('batch/v1', 'Job', 'import'), {}, undefined],
    ['is none for a pod of the kubelet', owned('v1', 'Node', 'worker-1'), {}, undefined],
    ['is none without an owner', anyObject.parse(named('x')), {}, undefined],
  ])('%s', async (_name, object, answers, expected) => {
    const unknowns = createUnknowns(signal);
    expect(await readOperator(serverWith(answers).reader, unknowns, 'shop', object)).toEqual(expected);
    expect(unknowns.list).toEqual([]);
  });

  test('is not known where an owner may not be read', async () => {
    const unknowns = createUnknowns(signal);
    const { reader } = serverWith({ [set]: 403 });
    await readOperator(reader, unknowns, 'shop', owned('apps/v1', 'ReplicaSet', 'web-1'));
    expect(unknowns.list).toEqual([{ fact: 'owner', reason: 'It said 403.' }]);
  });
});

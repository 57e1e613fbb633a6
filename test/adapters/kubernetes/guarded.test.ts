import { expect, test } from 'vitest';
import type { Answer } from '../../../src/adapters/kubernetes/client/answer.ts';
import type { Api, ApiRequest } from '../../../src/adapters/kubernetes/client/api.ts';
import { apply } from '../../../src/adapters/kubernetes/writes/write.ts';
import type { Call } from '../../../src/domain/plan.ts';

/* A write whose own subresource cannot be tested for what was planned on: looked at, and bound to what was seen. */

const ref = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'web' } as const;
const recognise = { kind: 'fields', uid: 'u', fields: [{ path: '/spec/replicas', value: 3 }] } as const;
const scale: Call = {
  kind: 'patch',
  ref: { ...ref, subresource: 'scale' },
  operations: [{ op: 'replace', path: '/spec/replicas', value: 3 }],
  recognise: { ...recognise, fields: [...recognise.fields] },
  sentence: 'Scale it.',
  unchanged: [{ op: 'test', path: '/spec/paused', value: null }],
};
const undo: Call = {
  kind: 'strategicMerge',
  ref,
  uid: 'u',
  body: { spec: { template: {} } },
  recognise: scale.recognise,
  sentence: 'Undo it.',
  unchanged: scale.unchanged ?? [],
};
const conflict: Answer = {
  kind: 'refusal',
  status: 409,
  reason: 'Conflict',
  sentence: 'The object has been modified.',
  guardFailed: false,
};
const { signal } = new AbortController();
/** Enough for an object of any kind. */
const parts = { replicas: 2, selector: {}, template: { spec: { containers: [] } }, containers: [] };

/** An API server whose object has another version at each look, and refuses so many writes. */
async function sent(call: Call, refused: number): Promise<unknown[]> {
  const { applied, bodies } = await applying(call, refused);
  expect(applied).toMatchObject({ kind: 'applied' });
  return bodies;
}

/** @param changedAt the look from which on it is not as it was planned on */
async function applying(call: Call, refused: number, changedAt = Number.POSITIVE_INFINITY) {
  const bodies: unknown[] = [];
  let version = 0;
  const api: Api = async ({ method, body }: ApiRequest) => {
    if (method === 'GET') version += 1;
    else bodies.push(body);
    const metadata = { name: 'web', uid: 'u', resourceVersion: String(version), generation: 1 };
    if (method !== 'GET' && bodies.length <= refused) return conflict;
    const spec = { ...parts, ...(version >= changedAt ? { paused: true } : {}) };
    const object = { metadata, spec, status: { observedGeneration: 1 } };
    return { kind: 'ok', status: 200, body: object, warnings: [] };
  };
  return { applied: await apply(api, call, 'firebreak/1', signal), bodies };
}

test('a patch is bound to the version of the look before it, each time', async () => {
  const test = (value: string) => ({ op: 'test', path: '/metadata/resourceVersion', value });
  const operations = scale.kind === 'patch' ? scale.operations : [];
  expect(await sent(scale, 2)).toEqual(['1', '2', '3'].map((each) => [test(each), ...operations]));
});

test('a merge is bound to it as well, and to the object', async () => {
  const metadata = (resourceVersion: string) => ({ metadata: { uid: 'u', resourceVersion } });
  expect(await sent(undo, 1)).toMatchObject([metadata('1'), metadata('2')]);
});

test.each([1, 2, 3])('what is not as it was planned on by look %i is not written', async (look) => {
  const { applied, bodies } = await applying(scale, 5, look);
  expect(bodies).toHaveLength(look - 1);
  expect(applied).toEqual({
    kind: 'refused',
    reason:
      'Deployment web in namespace shop has changed since this was planned: spec.paused is true now, planned on absent.',
  });
});

test('a pod that holds up a change is deleted as the version that was seen not to be ready', async () => {
  const after = { apiVersion: 'apps/v1', resource: 'statefulsets', namespace: 'shop', name: 'db' } as const;
  const pod = { apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: 'db-0' } as const;
  const deletion: Call = {
    ...{ kind: 'delete', ref: pod, uid: 'u', recognise: { kind: 'gone', uid: 'u' } },
    ...{ sentence: 'Delete Pod/db-0.', unlessReady: { after } },
  };
  const { bodies } = await applying(deletion, 0);
  expect(bodies).toMatchObject([{ preconditions: { uid: 'u', resourceVersion: '2' } }]);
});

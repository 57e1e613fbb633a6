import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/adapters/kubernetes/client/answer.ts';
import type { Api } from '../../../src/adapters/kubernetes/client/api.ts';
import { dryRun } from '../../../src/adapters/kubernetes/writes/dry-run.ts';
import { apply } from '../../../src/adapters/kubernetes/writes/write.ts';
import type { Call, Plan } from '../../../src/domain/plan.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';

const spec: JsonObject = {
  backoffLimit: 1,
  template: { spec: { containers: [{ name: 'import', image: 'import:1' }] } },
};
const call: Call = {
  kind: 'create',
  ref: { apiVersion: 'batch/v1', resource: 'jobs', namespace: 'shop', name: 'import' },
  body: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import', namespace: 'shop' }, spec },
  recognise: { kind: 'ours' },
  sentence: 'Create Job/import in shop.',
};
const plan: Plan = { calls: [call], fieldManager: 'firebreak/1' };

const ok = (body: Json): Answer => ({ kind: 'ok', status: 201, body, warnings: [] });
const refusal = (status: number, reason: string): Answer => ({
  kind: 'refusal',
  status,
  reason,
  sentence: `It says ${reason}.`,
  guardFailed: false,
});
const stored = (manager: string): JsonObject => ({
  metadata: { name: 'import', uid: 'u', resourceVersion: '1', generation: 1, managedFields: [{ manager }] },
});

/** An API server that answers each kind of request in one way. */
const server =
  (posted: Answer, read: Answer): Api =>
  async ({ method }) =>
    method === 'POST' ? posted : read;

const { signal } = new AbortController();

describe('making an object', () => {
  const taken = refusal(409, 'AlreadyExists');
  test.each<[string, Answer, Answer, object]>([
    ['is done', ok(stored('firebreak/1')), taken, { kind: 'applied', result: { alreadyDone: false } }],
    [
      'that is ours already is done',
      taken,
      ok(stored('firebreak/1')),
      { kind: 'applied', result: { alreadyDone: true, generation: 1 } },
    ],
    [
      "whose name somebody else's has is refused",
      taken,
      ok(stored('kubectl-create')),
      { kind: 'refused', reason: 'Job import in namespace shop exists already, made by somebody else.' },
    ],
    [
      "whose name another remediation's has is refused",
      taken,
      ok(stored('firebreak/2')),
      { kind: 'refused', reason: 'Job import in namespace shop exists already, made by somebody else.' },
    ],
    [
      'whose name was taken a moment ago is refused: it may have been this one, and its work done',
      taken,
      refusal(404, 'NotFound'),
      {
        kind: 'refused',
        reason: 'Job import in namespace shop was there and is gone: whether it was this one is not known.',
      },
    ],
    [
      'that may not be made is refused with its words',
      refusal(403, 'Forbidden'),
      refusal(404, 'NotFound'),
      { kind: 'refused', reason: 'It says Forbidden.' },
    ],
  ])('%s', async (_, posted, read, expected) => {
    expect(await apply(server(posted, read), call, plan.fieldManager, signal)).toMatchObject(expected);
  });

  test('that meets a passing conflict is tried again', async () => {
    const passing = server(refusal(409, 'Conflict'), refusal(404, 'NotFound'));
    await expect(apply(passing, call, plan.fieldManager, signal)).rejects.toThrow(ClusterFault);
    await expect(dryRun(passing, plan, signal)).rejects.toThrow('It says Conflict.');
  });
});

describe('a dry run of making an object', () => {
  const answers = (changed: Json) => server(ok({ ...stored('x'), spec: changed }), refusal(404, 'NotFound'));
  const container = { name: 'import', image: 'import:1', imagePullPolicy: 'IfNotPresent' };

  test.each<[string, JsonObject, string[]]>([
    [
      'says nothing of what is filled in',
      { ...spec, suspend: false, template: { spec: { containers: [container], dnsPolicy: 'Default' } } },
      [],
    ],
    [
      'tells of what would be something else',
      { ...spec, backoffLimit: 6, template: { spec: { containers: [{ ...container, image: 'other:1' }] } } },
      [
        'The API server would store 6 at spec.backoffLimit instead of 1.',
        'The API server would store other:1 at spec.template.spec.containers[import].image instead of import:1.',
      ],
    ],
    [
      'tells of what would be added to a list',
      { ...spec, template: { spec: { containers: [container, { name: 'proxy', image: 'proxy:1' }] } } },
      ['The API server would store 2 entries at spec.template.spec.containers instead of 1.'],
    ],
    [
      'tells of what would be missing',
      { template: { spec: { containers: [container] } } },
      ['The API server would store absent at spec.backoffLimit instead of 1.'],
    ],
  ])('%s', async (_, changed, warnings) => {
    expect(await dryRun(answers(changed), plan, signal)).toMatchObject({ kind: 'accepted', warnings });
  });

  test('of one that is ours already says that nothing would change', async () => {
    const api = server(refusal(409, 'AlreadyExists'), ok(stored('firebreak/1')));
    expect(await dryRun(api, plan, signal)).toMatchObject({
      kind: 'accepted',
      warnings: ['It is already so: nothing would change.'],
    });
  });
});

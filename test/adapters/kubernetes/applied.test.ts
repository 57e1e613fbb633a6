import { expect, test } from 'vitest';
import type { Api } from '../../../src/adapters/kubernetes/client/api.ts';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { applied } from '../../../src/adapters/kubernetes/observe/applied.ts';
import type { SourceOwner } from '../../../src/domain/facts/manifest-source.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';

const { signal } = new AbortController();
const [ours, before] = ['a'.repeat(40), 'b'.repeat(40)];
const owner = (kind: SourceOwner['kind']): SourceOwner => ({ kind, namespace: 'argocd', name: 'shop' });

/** An API that has one object with this status, or answers with another status code. */
function reader(status: object, refused?: number) {
  const metadata = { name: 'shop', namespace: 'argocd', uid: 'u', resourceVersion: '1' };
  const spec = { sourceRef: { kind: 'GitRepository', name: 'shop' } };
  const api: Api = async () =>
    refused === undefined
      ? { kind: 'ok', status: 200, body: { metadata, spec, status }, warnings: [] }
      : ({ kind: 'refusal', status: refused, sentence: 'It may not be read.' } as never);
  return createReader(api, signal);
}

const operation = (phase: string, revision: string, message = '') => ({
  operationState: { phase, message, syncResult: { revision } },
});

test.each<[string, object, object]>([
  ['nothing yet', {}, { revisions: [] }],
  ['what is synced', { sync: { status: 'Synced', revision: ours } }, { revisions: [ours] }],
  [
    'nothing of what was merely compared',
    { sync: { status: 'OutOfSync', revision: ours } },
    { revisions: [] },
  ],
  [
    'what the last sync applied, of an older commit too',
    { sync: { status: 'OutOfSync', revision: ours }, ...operation('Succeeded', before) },
    { revisions: [before] },
  ],
  ['nothing of a sync that runs', operation('Running', ours), { revisions: [] }],
  [
    'why a sync failed',
    operation('Failed', ours, 'one or more objects failed to apply'),
    { revisions: [], trouble: 'one or more objects failed to apply' },
  ],
  [
    'each of several sources',
    { sync: { status: 'Synced', revisions: [before, ours] } },
    { revisions: [before, ours] },
  ],
])('Argo CD says %s', async (_name, status, expected) => {
  expect(await applied(reader(status), owner('Application'))).toEqual(expected);
});

const failing = { type: 'Ready', status: 'False', message: 'build failed' };

test.each<[string, object, object]>([
  ['nothing yet', {}, { revisions: [] }],
  ['a branch and a commit', { lastAppliedRevision: `main@sha1:${ours}` }, { revisions: [ours] }],
  ['as older versions wrote it', { lastAppliedRevision: `main/${ours}` }, { revisions: [ours] }],
  [
    'no digest of anything else',
    { lastAppliedRevision: `latest@sha256:${'c'.repeat(64)}` },
    { revisions: [] },
  ],
  [
    'why it does not go on',
    { lastAppliedRevision: `main@sha1:${before}`, conditions: [failing] },
    { revisions: [before], trouble: 'build failed' },
  ],
])('Flux says %s', async (_name, status, expected) => {
  expect(await applied(reader(status), owner('Kustomization'))).toEqual(expected);
});

test('what may not be read is a fault', async () => {
  await expect(applied(reader({}, 403), owner('Application'))).rejects.toThrow(ClusterFault);
});

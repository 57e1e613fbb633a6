import { describe, expect, test } from 'vitest';
import { fieldWriter } from '../../src/domain/facts/field-manager.ts';
import {
  type DriftedField,
  driftKey,
  driftLines,
  driftOf,
  driftWriters,
  isNameless,
} from '../../src/domain/incidents/drift.ts';

test.each([
  ['argocd-controller', 'Argo CD'],
  ['argocd-application-controller', 'Argo CD'],
  ['kustomize-controller', 'Flux'],
  ['helm-controller', 'Flux'],
  ['helm', 'Helm'],
  ['HashiCorp', 'Terraform'],
  ['keda-operator', 'an autoscaler'],
  ['vpa-admission-controller', 'an autoscaler'],
  ['postgres-operator', 'an operator'],
  ['manager', 'an operator'],
  ['kube-controller-manager', 'Kubernetes itself'],
  ['kubectl-edit', 'a person'],
  ['kubectl', 'a person'],
  ['Mozilla', 'a person'],
  ['deploy-bot', 'another writer'],
  ['kubectlish', 'another writer'],
  ['my-argocd', 'another writer'],
] as const)('%s is %s', (manager, who) => {
  expect(fieldWriter({ manager })).toBe(who);
});

test('what comes through the scale door from the controller manager is the autoscaler, a person stays one', () => {
  const subresource = 'scale';
  expect(fieldWriter({ manager: 'kube-controller-manager', subresource })).toBe('an autoscaler');
  expect(fieldWriter({ manager: 'kubectl', subresource })).toBe('a person');
});

const image: DriftedField = {
  object: 'Deployment web in namespace shop',
  field: 'containers[web].image',
  verified: 'web:2',
  now: 'web:1',
  by: { manager: 'argocd-controller', at: '2026-03-01T12:04:00Z' },
  isBack: true,
};
const replicas = {
  ...image,
  field: 'spec.replicas',
  verified: '5',
  now: '8',
  isBack: false,
} satisfies DriftedField;
const scaledBy = (manager: string): DriftedField => ({ ...replicas, by: { manager, subresource: 'scale' } });

describe('what is told', () => {
  test.each<[string, DriftedField[], string | undefined]>([
    ['nothing', [], undefined],
    ['an image that is back', [image], 'undone'],
    ['another image', [{ ...image, isBack: false }], 'changed'],
    ['an image that is back and replicas that are new', [image, scaledBy('kubectl')], 'changed'],
    ['replicas that an autoscaler moved', [scaledBy('kube-controller-manager')], undefined],
    ['replicas that a person moved', [scaledBy('kubectl')], 'changed'],
    ['replicas that nobody is named for', [(({ by: _by, ...rest }) => rest)(scaledBy('kubectl'))], 'changed'],
    [
      'an image that is back beside replicas of an autoscaler',
      [image, scaledBy('kube-controller-manager')],
      'undone',
    ],
    [
      'an image that an autoscaler wrote',
      [{ ...image, by: { manager: 'kube-controller-manager', subresource: 'scale' } }],
      'undone',
    ],
  ])('%s', (_name, fields, kind) => {
    expect(driftOf(fields)?.kind).toBe(kind);
  });

  test('field by field, with who wrote it and when', () => {
    const lines = driftLines({ kind: 'undone', fields: [image] }, '2026-03-01T13:00:00Z');
    expect(lines).toEqual([
      'Deployment web in namespace shop: containers[web].image: web:2 -> web:1, by Argo CD (argocd-controller) at 12:04 UTC',
    ]);
  });

  test.each<[string, DriftedField['by'], string]>([
    ['without a moment', { manager: 'kubectl' }, 'by a person (kubectl)'],
    [
      'on another day',
      { manager: 'kubectl', at: '2026-02-27T12:04:00Z' },
      'by a person (kubectl) at 2026-02-27 12:04 UTC',
    ],
    ['by nobody who is known', undefined, 'who wrote it is not known'],
  ])('%s', (_name, by, who) => {
    const { by: _by, ...rest } = image;
    const field = by === undefined ? rest : { ...rest, by };
    expect(driftLines({ kind: 'undone', fields: [field] }, '2026-03-01T13:00:00Z')).toEqual([
      `Deployment web in namespace shop: containers[web].image: web:2 -> web:1, ${who}`,
    ]);
  });

  test.each([
    [10, 10, undefined],
    [11, 11, 'and 1 more'],
    [12, 11, 'and 2 more'],
  ])('of %s fields %s lines', (length, lines, last) => {
    const told = driftLines({ kind: 'undone', fields: Array.from({ length }, () => image) }, '');
    expect(told).toHaveLength(lines);
    if (last !== undefined) expect(told.at(-1)).toBe(last);
  });

  test('with everybody who wrote a part of it, each once', () => {
    const { by: _by, ...nobodys } = image;
    const fields = [image, scaledBy('kubectl'), image, nobodys];
    expect(driftWriters({ kind: 'changed', fields })).toBe(
      'Argo CD (argocd-controller), a person (kubectl), a writer that left no name',
    );
  });

  test('the same drift seen later is the same, another value or another writer is not', () => {
    const keyOf = (field: DriftedField) => driftKey({ kind: 'undone', fields: [field] });
    const first = keyOf(image);
    expect(keyOf({ ...image, by: { manager: 'argocd-controller', at: '2026-03-01T19:00:00Z' } })).toBe(first);
    expect(keyOf({ ...image, now: 'web:3' })).not.toBe(first);
    expect(keyOf({ ...image, by: { manager: 'kubectl-edit' } })).not.toBe(first);
    expect(keyOf({ ...image, object: 'Deployment api in namespace shop' })).not.toBe(first);
    expect(keyOf({ ...image, field: 'containers[side].image' })).not.toBe(first);
    const { by: _by, ...nobodys } = image;
    const anew = keyOf({ ...image, uid: 'a' });
    expect(keyOf({ ...nobodys, uid: 'a' })).toBe(anew);
    expect(keyOf({ ...image, uid: 'b' })).not.toBe(anew);
  });
});

test('it is nameless only where nobody who wrote a part of it has left a name', () => {
  const { by: _by, ...nobodys } = image;
  const isIt = (...fields: DriftedField[]) => isNameless({ kind: 'changed', fields });
  expect([
    isIt(nobodys),
    isIt(nobodys, nobodys),
    isIt(image),
    isIt(image, nobodys),
    isIt(nobodys, image),
  ]).toEqual([...[true, true, false, false, false]]);
});

import { describe, expect, test } from 'vitest';
import { anyObject } from '../../../src/adapters/kubernetes/client/objects.ts';
import { gitOpsOf } from '../../../src/adapters/kubernetes/facts/owners/managed-by.ts';

describe('who else writes to an object', () => {
  const helm = { 'app.kubernetes.io/managed-by': 'Helm' };
  const release = { 'meta.helm.sh/release-name': 'shop' };
  test.each([
    { name: 'nobody', labels: {}, annotations: {}, manager: undefined },
    {
      name: 'Argo CD by tracking id',
      labels: helm,
      annotations: { ...release, 'argocd.argoproj.io/tracking-id': 'app:apps/Deployment:a/b' },
      manager: { manager: 'argo-cd', name: 'app' },
    },
    {
      name: 'Flux by Kustomization',
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' },
      annotations: {},
      manager: { manager: 'flux', name: 'apps' },
    },
    {
      name: 'Flux by HelmRelease',
      labels: { ...helm, 'helm.toolkit.fluxcd.io/name': 'web' },
      annotations: release,
      manager: { manager: 'flux', name: 'web' },
    },
    { name: 'Helm', labels: helm, annotations: release, manager: { manager: 'helm', name: 'shop' } },
    {
      name: 'Flux, switched off for this object: Helm is left',
      labels: { ...helm, 'kustomize.toolkit.fluxcd.io/name': 'apps' },
      annotations: { ...release, 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' },
      manager: { manager: 'helm', name: 'shop' },
    },
    {
      name: 'Fleet goes before the release that it makes',
      labels: helm,
      annotations: { ...release, 'objectset.rio.cattle.io/id': 'default-shop' },
      manager: { manager: 'fleet', name: 'default-shop' },
    },
    {
      name: 'kapp',
      labels: { 'kapp.k14s.io/app': '1578670387' },
      annotations: {},
      manager: { manager: 'kapp', name: '1578670387' },
    },
    {
      name: 'Config Sync',
      labels: {},
      annotations: { 'configsync.gke.io/manager': ':root', 'configmanagement.gke.io/managed': 'enabled' },
      manager: { manager: 'config-sync', name: ':root' },
    },
    {
      name: 'Config Sync, switched off for this object',
      labels: {},
      annotations: { 'configsync.gke.io/manager': ':root', 'configmanagement.gke.io/managed': 'disabled' },
      manager: { manager: 'config-sync', name: ':root', sign: 'switched off' },
    },
    {
      name: 'OLM',
      labels: { 'olm.owner': 'etcdoperator.v0.9.4' },
      annotations: {},
      manager: { manager: 'olm', name: 'etcdoperator.v0.9.4' },
    },
    {
      name: 'the addon manager',
      labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' },
      annotations: {},
      manager: { manager: 'addon-manager', name: 'Reconcile' },
    },
    {
      name: 'the addon manager where it only makes sure that it exists',
      labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' },
      annotations: {},
      manager: undefined,
    },
    {
      name: 'an instance label alone',
      labels: { 'app.kubernetes.io/instance': 'shop' },
      annotations: {},
      manager: undefined,
    },
  ])('$name', ({ labels, annotations, manager }) => {
    const metadata = {
      name: 'x',
      uid: 'u',
      generation: 1,
      resourceVersion: '1',
      ownerReferences: [],
      finalizers: [],
      labels,
      annotations,
      managedFields: [],
    };
    expect(gitOpsOf({ metadata })).toEqual(manager);
  });
});

describe('who has written fields of an object without a mark', () => {
  const written = (managedFields: object[], rest: object = {}) =>
    gitOpsOf(
      anyObject.parse({ metadata: { name: 'web', uid: 'u', resourceVersion: '1', managedFields, ...rest } }),
    );
  const sign = 'managedFields';
  test.each([
    ['argocd-controller', { manager: 'argo-cd', name: 'argocd-controller', sign }],
    ['kustomize-controller', { manager: 'flux', name: 'kustomize-controller', sign }],
    ['helm-controller', { manager: 'flux', name: 'helm-controller', sign }],
    ['Terraform', { manager: 'terraform', name: 'Terraform', sign }],
    ['kubectl-edit', undefined],
    ['helm', undefined],
  ])('%s', (manager, expected) => {
    expect(written([{ manager: 'kube-controller-manager' }, { manager }])).toEqual(expected);
  });

  test('a mark goes before it, and a status is not the spec', () => {
    const tracking = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:a/b' } };
    expect(written([{ manager: 'terraform' }], tracking)).toEqual({ manager: 'argo-cd', name: 'shop' });
    expect(written([{ manager: 'argocd-controller', subresource: 'status' }])).toBeUndefined();
  });

  test('Flux, switched off for this object, still owns it: an annotation takes no owner away', () => {
    const off = { annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } };
    expect(written([{ manager: 'kustomize-controller' }], off)).toEqual({
      ...{ manager: 'flux', name: 'kustomize-controller', sign: 'switched off' },
    });
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps' };
    expect(written([], { ...off, labels })).toMatchObject({ name: 'apps', sign: 'switched off' });
    expect(written([], off)).toBeUndefined();
  });
});

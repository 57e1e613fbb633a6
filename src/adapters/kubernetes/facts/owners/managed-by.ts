import type { Facts } from '../../../../domain/facts/facts.ts';
import type { AnyObject } from '../../client/objects.ts';

type GitOps = NonNullable<Facts['gitOps']>;
type Manager = GitOps['manager'];
type Texts = AnyObject['metadata']['labels'];

/** The name under which a manager holds an object with these labels and annotations; undefined for one it does not. */
type Mark = (labels: Texts, annotations: Texts) => string | undefined;

const argoTracking = 'argocd.argoproj.io/tracking-id';
const fluxSwitch = 'kustomize.toolkit.fluxcd.io/reconcile';

/**
 * The marks that managers leave on what they apply. Those that undo changes by themselves go before Helm, whose marks
 * many of them leave as well. `app.kubernetes.io/instance` is not used: Argo's older label is also set by every chart.
 */
const marks: readonly (readonly [Manager, Mark])[] = [
  [
    'argo-cd',
    (labels, annotations) =>
      annotations[argoTracking]?.split(':')[0] ?? labels['argocd.argoproj.io/instance'],
  ],
  ['flux', (labels, annotations) => (isSwitchedOff(labels, annotations) ? undefined : fluxName(labels))],
  ['config-sync', (_, annotations) => configSync(annotations)],
  [
    'fleet',
    (_, annotations) =>
      annotations['objectset.rio.cattle.io/owner-name'] ?? annotations['objectset.rio.cattle.io/id'],
  ],
  ['kapp', (labels) => labels['kapp.k14s.io/app']],
  ['olm', (labels) => labels['olm.owner']],
  // EnsureExists brings back what was deleted and leaves alone what was changed.
  [
    'addon-manager',
    (labels) => (labels['addonmanager.kubernetes.io/mode'] === 'Reconcile' ? 'Reconcile' : undefined),
  ],
  [
    'helm',
    (labels, annotations) =>
      labels['app.kubernetes.io/managed-by'] === 'Helm'
        ? annotations['meta.helm.sh/release-name']
        : undefined,
  ],
];

/** Names under which managers write, as managedFields tells them. */
const writers: Readonly<Record<string, Manager>> = {
  'argocd-controller': 'argo-cd',
  'argocd-application-controller': 'argo-cd',
  'kustomize-controller': 'flux',
  'helm-controller': 'flux',
  Terraform: 'terraform',
  terraform: 'terraform',
  // The Terraform provider's user agent, where it does not apply server-side.
  HashiCorp: 'terraform',
};

/**
 * Who else writes to an object: by a mark, else by the weaker sign that a manager has written fields of it, else one that is
 * told to leave it alone.
 */
export function gitOpsOf({ metadata }: AnyObject): Facts['gitOps'] {
  const { labels, annotations } = metadata;
  for (const [manager, mark] of marks) {
    const name = mark(labels, annotations);
    if (name) return { manager, name };
  }
  return writerOf(metadata) ?? switchedOff(metadata);
}

function switchedOff({ labels, annotations, managedFields }: AnyObject['metadata']): GitOps | undefined {
  const sign = 'switched off';
  if (isSwitchedOff(labels, annotations)) {
    const writer = managedFields.find(({ manager }) => writers[manager] === 'flux')?.manager;
    const name = fluxName(labels) ?? writer;
    if (name !== undefined) return { manager: 'flux', name, sign };
  }
  const name = configSyncName(annotations);
  return name === undefined ? undefined : { manager: 'config-sync', name, sign };
}

function writerOf({ labels, annotations, managedFields }: AnyObject['metadata']): GitOps | undefined {
  const off = isSwitchedOff(labels, annotations);
  const [first] = managedFields
    // Whoever reports a status does not hold the spec.
    .filter(({ subresource }) => !subresource)
    .flatMap(({ manager: name }): GitOps[] => {
      const manager = writers[name];
      const silent = manager === undefined || (manager === 'flux' && off);
      return silent ? [] : [{ manager, name, sign: 'managedFields' }];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return first;
}

/** fluxcd.io, "Kustomization": neither applied nor undone, whatever the other labels say. */
function isSwitchedOff(labels: Texts, annotations: Texts): boolean {
  return (annotations[fluxSwitch] ?? labels[fluxSwitch]) === 'disabled';
}

function configSync(annotations: Texts): string | undefined {
  return annotations['configmanagement.gke.io/managed'] === 'disabled'
    ? undefined
    : configSyncName(annotations);
}

const configSyncName = (annotations: Texts): string | undefined =>
  annotations['configsync.gke.io/manager'] ?? annotations['configsync.gke.io/resource-id'];

const fluxName = (labels: Texts): string | undefined =>
  labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name'];

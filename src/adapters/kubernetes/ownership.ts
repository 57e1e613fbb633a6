import type { Facts } from '../../domain/facts.ts';
import type { AnyObject } from './objects.ts';

const argoTracking = 'argocd.argoproj.io/tracking-id';

/**
 * Who else writes to an object, by the marks that Argo CD, Flux and Helm leave on what they apply. A GitOps
 * controller goes before Helm, for it undoes changes by itself. `app.kubernetes.io/instance` is not used: Argo's
 * older label is also set by every Helm chart.
 */
export function gitOpsOf({ metadata: { labels, annotations } }: AnyObject): Facts['gitOps'] {
  const application = annotations[argoTracking]?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (application) return { manager: 'argo-cd', name: application };
  const flux = labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name'];
  if (flux) return { manager: 'flux', name: flux };
  const release = annotations['meta.helm.sh/release-name'];
  if (release && labels['app.kubernetes.io/managed-by'] === 'Helm') return { manager: 'helm', name: release };
  return undefined;
}

import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { KnativeRoute } from './custom-objects.ts';
import type { Own } from './objects.ts';

const revisionLabel = 'serving.knative.dev/revision';
const visibilityLabel = 'networking.knative.dev/visibility';

/**
 * Hosts of Knative Routes that send requests to the revision these pods are of. The Service that a Route leads to has no
 * selector, because the activator may stand in between, so the Services that do select the pods take its place.
 */
export function knativeHosts(
  routes: readonly KnativeRoute[],
  services: Dependents['services'],
  labels: Own['labels'],
): Dependents['hosts'] {
  const revision = labels[revisionLabel];
  if (revision === undefined) return [];
  return routes.flatMap((route) => {
    const source = `KnativeRoute/${route.metadata.name}`;
    return addressesOf(route, revision).flatMap((host) =>
      services.map(({ name }) => ({ host, service: name, source })),
    );
  });
}

/** The Route's own address where a share of its traffic goes to the revision, and those of its tags. */
function addressesOf({ metadata, status }: KnativeRoute, revision: string): string[] {
  if (metadata.labels[visibilityLabel] === 'cluster-local') return [];
  const here = status.traffic.filter(({ revisionName }) => revisionName === revision);
  const main = here.some(({ percent }) => (percent ?? 0) > 0) ? [status.url] : [];
  const hosts = [...main, ...here.map(({ url }) => url)].flatMap((url) => (url == null ? [] : hostIn(url)));
  return hosts.filter((host) => !host.endsWith('.svc.cluster.local'));
}

const hostIn = (url: string): string[] => (URL.canParse(url) ? [new URL(url).hostname] : []);

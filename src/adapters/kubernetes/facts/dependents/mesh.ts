import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { VirtualService } from './custom-objects.ts';

/**
 * Hosts of Istio's VirtualServices whose requests end at a Service of the namespace. One that is bound to no gateway
 * speaks to the mesh alone and is no entry from outside (istio.io, "Virtual Service": `mesh` is the default gateway).
 */
export function meshHosts(all: readonly VirtualService[], namespace: string): Dependents['hosts'] {
  return all
    .filter(({ spec: { gateways } }) => gateways.some((gateway) => gateway !== 'mesh'))
    .flatMap((each) => {
      const { name, namespace: home = '' } = each.metadata;
      const source = `VirtualService/${name}${home === namespace ? '' : ` in ${home}`}`;
      const services = destinationsOf(each, all).flatMap((host) => serviceIn(namespace, host) ?? []);
      return each.spec.hosts.flatMap((host) => services.map((service) => ({ host, service, source })));
    });
}

interface Destination {
  readonly host: string;
  /** Where the rule stands: a short name is one of this namespace. */
  readonly home: string;
}

/** Where the rules lead, those included that they hand on to. A delegate cannot delegate again. */
function destinationsOf(each: VirtualService, all: readonly VirtualService[]): readonly Destination[] {
  const { namespace: home } = each.metadata;
  const delegates = each.spec.http.flatMap(({ delegate }) =>
    all.filter(
      ({ metadata }) =>
        metadata.name === delegate?.name && metadata.namespace === (delegate.namespace ?? home),
    ),
  );
  return [each, ...delegates].flatMap(({ metadata, spec: { http, tls, tcp } }) =>
    [...http, ...tls, ...tcp]
      .flatMap(({ route }) => route)
      .flatMap(({ destination }) =>
        destination == null ? [] : [{ host: destination.host, home: metadata.namespace ?? '' }],
      ),
  );
}

/** `web`, `web.shop` and `web.shop.svc.cluster.local` are the same Service, seen from the namespace shop. */
function serviceIn(namespace: string, { host, home }: Destination): string | undefined {
  const [name, place = home, kind = 'svc'] = host.split('.');
  return place === namespace && kind === 'svc' ? name : undefined;
}

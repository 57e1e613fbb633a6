import { canonicalJson, type JsonObject } from '../json.ts';
import { nameOf, namespaceOf, uidOf } from '../objects/identity.ts';
import { endpointSlices, pods, services } from '../resources.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../tree.ts';
import { controllerManager, type World } from '../world.ts';
import { isTerminating, ownedBy, ownerReference } from './ownership.ts';
import { isReady, shortHash } from './template.ts';

/** One slice a Service: the pods its selector matches, and which of them are ready. */
export function endpointSliceController(world: World): void {
  for (const service of world.store.list(services)) {
    const selector = Object.entries(textsAt(service, 'spec', 'selector'));
    if (selector.length === 0) continue;
    const behind = world.store.list(pods, namespaceOf(service)).filter((pod) => {
      const labels = textsAt(pod, 'metadata', 'labels');
      return (
        textAt(pod, 'status', 'podIP') !== undefined &&
        selector.every(([key, value]) => labels[key] === value)
      );
    });
    write(world, service, behind.map(endpointOf));
  }
}

function endpointOf(pod: JsonObject): JsonObject {
  const terminating = isTerminating(pod);
  return {
    addresses: [textAt(pod, 'status', 'podIP') ?? ''],
    conditions: { ready: isReady(pod) && !terminating, serving: isReady(pod), terminating },
    nodeName: textAt(pod, 'spec', 'nodeName') ?? '',
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
  };
}

function write(world: World, service: JsonObject, endpoints: readonly JsonObject[]): void {
  const found = ownedBy(world, service, endpointSlices)[0];
  const ports = listAt(service, 'spec', 'ports').map((port) => ({
    name: textAt(port, 'name') ?? '',
    port: numberAt(port, 'targetPort') ?? numberAt(port, 'port') ?? 0,
    protocol: 'TCP',
  }));
  if (found !== undefined) {
    if (canonicalJson(found['endpoints'] ?? []) !== canonicalJson([...endpoints]))
      world.store.update(
        endpointSlices,
        { ...objectAt(found), endpoints: [...endpoints], ports },
        controllerManager,
      );
    return;
  }
  const metadata = {
    name: `${nameOf(service)}-${shortHash(uidOf(service), 5)}`,
    namespace: namespaceOf(service),
    labels: {
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': nameOf(service),
    },
    ownerReferences: [ownerReference(service)],
  };
  const slice = { metadata, addressType: 'IPv4', endpoints: [...endpoints], ports };
  world.store.create(endpointSlices, slice, controllerManager);
}

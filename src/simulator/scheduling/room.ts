import type { JsonObject } from '../json.ts';
import { quantity } from '../quantity.ts';
import { isTrueAt, listAt, numberAt, textAt, textsAt } from '../tree.ts';

const isSidecar = (container: JsonObject) => container['restartPolicy'] === 'Always';
const amount = (container: JsonObject, name: string) =>
  quantity(
    textsAt(container, 'resources', 'requests')[name] ??
      textsAt(container, 'resources', 'limits')[name] ??
      '0',
  ) ?? 0;

/** What a pod requests of a resource: its containers and sidecars, or the init container that needs most beside those before it. */
function requested(pod: JsonObject, name: string): number {
  let sidecars = 0;
  let most = 0;
  for (const each of listAt(pod, 'spec', 'initContainers')) {
    if (isSidecar(each)) sidecars += amount(each, name);
    most = Math.max(most, sidecars + (isSidecar(each) ? 0 : amount(each, name)));
  }
  const running = listAt(pod, 'spec', 'containers').reduce((sum, each) => sum + amount(each, name), sidecars);
  return Math.max(running, most) + (quantity(textsAt(pod, 'spec', 'overhead')[name] ?? '0') ?? 0);
}

/** The first resource of which a node has too little left for a pod; undefined where there is room. */
export function shortOf(node: JsonObject, pod: JsonObject, here: readonly JsonObject[]): string | undefined {
  const allocatable = textsAt(node, 'status', 'allocatable');
  if (here.length + 1 > (quantity(allocatable['pods'] ?? '0') ?? 0)) return 'pods';
  const containers = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')];
  const names = containers.flatMap((each) => [
    ...Object.keys(textsAt(each, 'resources', 'requests')),
    ...Object.keys(textsAt(each, 'resources', 'limits')),
  ]);
  return [...new Set(names)].find((name) => {
    const wanted = requested(pod, name);
    const used = here.reduce((sum, each) => sum + requested(each, name), 0);
    return wanted > 0 && wanted > (quantity(allocatable[name] ?? '0') ?? 0) - used + 1e-6;
  });
}

/** `TCP 8080` of each port that a pod takes of its node, with the address. */
function ports(pod: JsonObject): { readonly key: string; readonly ip: string }[] {
  const sidecars = listAt(pod, 'spec', 'initContainers').filter(isSidecar);
  const ofHost = isTrueAt(pod, 'spec', 'hostNetwork');
  return [...sidecars, ...listAt(pod, 'spec', 'containers')]
    .flatMap((container) => listAt(container, 'ports'))
    .flatMap((port) => {
      const number = numberAt(port, 'hostPort') ?? (ofHost ? numberAt(port, 'containerPort') : undefined);
      const key = `${textAt(port, 'protocol') ?? 'TCP'} ${number}`;
      return number === undefined ? [] : [{ key, ip: textAt(port, 'hostIP') ?? '0.0.0.0' }];
    });
}

/** Whether one of the ports that a pod takes of its node is taken. */
export function isPortTaken(pod: JsonObject, here: readonly JsonObject[]): boolean {
  const wanted = ports(pod);
  if (wanted.length === 0) return false;
  const taken = here.flatMap(ports);
  return wanted.some(({ key, ip }) =>
    taken.some((each) => each.key === key && (each.ip === ip || ip === '0.0.0.0' || each.ip === '0.0.0.0')),
  );
}

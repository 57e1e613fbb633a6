import type { Neighbourhood } from '../../../domain/neighbourhood.ts';
import type { Pod } from '../objects.ts';
import { controllerOf, podFactOf } from '../pod.ts';
import type { Lease, Own, Quota } from './objects.ts';
import { quantity } from './quantity.ts';
import { byName } from './selecting.ts';

/**
 * For how many more of these pods each quota lasts, by the resource that runs out first. Quotas with a scope are left
 * out: whether they hold for these pods depends on more than is read. Init containers and overhead are not counted.
 */
export function quotasFor(quotas: readonly Quota[], spec: Own['spec']): Neighbourhood['quotas'] {
  return quotas
    .filter(({ spec: { scopes, scopeSelector } }) => scopes.length === 0 && scopeSelector == null)
    .flatMap(({ metadata: { name }, status: { hard, used } }) => {
      const left = Object.entries(hard).flatMap(([resource, limit]) => {
        const one = perPod(resource, spec);
        const [most, now] = [quantity(limit), quantity(used[resource] ?? '0')];
        if (one === 0 || most === undefined || now === undefined) return [];
        // The small number: 0.3 - 0.2 is not 0.1 in floating point.
        const podsLeft = Math.max(0, Math.floor((most - now) / one + 1e-6));
        return [{ name, resource, used: used[resource] ?? '0', hard: limit, podsLeft }];
      });
      const [first] = left.toSorted((a, b) => a.podsLeft - b.podsLeft || (a.resource < b.resource ? -1 : 1));
      return first === undefined ? [] : [first];
    })
    .toSorted(byName);
}

function perPod(resource: string, { containers }: Own['spec']): number {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const [, kind = 'requests', name = ''] =
    /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource) ?? [];
  const amounts = containers.map(
    ({ resources }) => resources[kind === 'limits' ? 'limits' : 'requests'][name],
  );
  return amounts.reduce((sum, amount) => sum + (quantity(amount ?? '0') ?? 0), 0);
}

/** Leases that one of the pods holds. client-go's leader election signs with the pod's name, an underscore and a uuid. */
export function leasesOf(leases: readonly Lease[], pods: Own['pods']): Neighbourhood['leases'] {
  return leases
    .flatMap(({ metadata: { name }, spec: { holderIdentity } }) => {
      const holder = pods.find(
        (pod) => holderIdentity === pod.name || holderIdentity?.startsWith(`${pod.name}_`),
      );
      return holder === undefined ? [] : [{ name, pod: holder.name }];
    })
    .toSorted(byName);
}

/** Claims that the template names, and those that a StatefulSet makes for each pod (`data-db-0`). */
export function claimsOf({ spec, claimTemplates, pods }: Own): string[] {
  const named = spec.volumes.flatMap(({ persistentVolumeClaim: claim }) =>
    claim == null ? [] : [claim.claimName],
  );
  const made = pods.flatMap(({ name }) => claimTemplates.map((template) => `${template}-${name}`));
  return [...new Set([...named, ...made])].toSorted();
}

/** Workloads of which every ready pod is on the node; pods of a DaemonSet and those of the kubelet belong there. */
export function soleWorkloads(pods: readonly Pod[], node: string): Neighbourhood['soleWorkloads'] {
  const owners = new Map<
    string,
    { kind: string; namespace: string; name: string; here: number; all: number }
  >();
  for (const pod of pods.filter((each) => podFactOf(each).ready)) {
    const owner = workloadOf(pod);
    if (owner === undefined) continue;
    const key = `${owner.namespace}/${owner.kind}/${owner.name}`;
    const seen = owners.get(key) ?? { ...owner, here: 0, all: 0 };
    const here = seen.here + Number(pod.spec.nodeName === node);
    owners.set(key, { ...seen, here, all: seen.all + 1 });
  }
  return [...owners.entries()]
    .filter(([, { here, all }]) => here === all)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { kind, namespace, name, here }]) => ({ kind, namespace, name, pods: here }));
}

/** The Deployment behind a ReplicaSet is known by name: the ReplicaSet is called after it and the template's hash. */
function workloadOf(pod: Pod): { kind: string; namespace: string; name: string } | undefined {
  const owner = controllerOf(pod);
  const { namespace = '', labels } = pod.metadata;
  if (owner === undefined || owner.kind === 'DaemonSet' || owner.kind === 'Node') return undefined;
  const ending = `-${labels['pod-template-hash']}`;
  if (owner.kind === 'ReplicaSet' && owner.name.endsWith(ending))
    return { kind: 'Deployment', namespace, name: owner.name.slice(0, -ending.length) };
  return { kind: owner.kind, namespace, name: owner.name };
}

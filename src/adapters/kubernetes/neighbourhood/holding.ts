import type { Neighbourhood } from '../../../domain/neighbourhood.ts';
import type { Pod } from '../objects.ts';
import { controllerOf, podFactOf } from '../pod.ts';
import type { Lease, Own } from './objects.ts';
import { byName } from './selecting.ts';

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

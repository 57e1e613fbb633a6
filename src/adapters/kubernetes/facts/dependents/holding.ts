import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { Pod } from '../../client/objects.ts';
import { isServing, workloadBehind } from '../pod.ts';
import type { Lease, Own } from './objects.ts';
import { byName } from './selecting.ts';

/** Leases that one of the pods holds. client-go's leader election signs with the pod's name, an underscore and a uuid. */
export function leasesOf(leases: readonly Lease[], pods: Own['pods']): Dependents['leases'] {
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
export function soleWorkloads(pods: readonly Pod[], node: string): Dependents['soleWorkloads'] {
  const owners = new Map<
    string,
    { kind: string; namespace: string; name: string; here: number; all: number }
  >();
  for (const pod of pods.filter(isServing)) {
    const owner = workloadBehind(pod);
    if (owner === undefined || owner.kind === 'DaemonSet' || owner.kind === 'Node') continue;
    const { namespace = '' } = pod.metadata;
    const key = `${namespace}/${owner.kind}/${owner.name}`;
    const seen = owners.get(key) ?? { ...owner, namespace, here: 0, all: 0 };
    const here = seen.here + Number(pod.spec.nodeName === node);
    owners.set(key, { ...seen, here, all: seen.all + 1 });
  }
  return [...owners.entries()]
    .filter(([, { here, all }]) => here === all)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { kind, namespace, name, here }]) => ({ kind, namespace, name, pods: here }));
}

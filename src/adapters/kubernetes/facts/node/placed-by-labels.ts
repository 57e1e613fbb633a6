import { z } from 'zod';
import type { Facts } from '../../../../domain/facts/facts.ts';
import { metadata } from '../../client/objects.ts';
import { placing, placingKeys, requiredKeys } from '../placement/scheduling/affinity-shapes.ts';
import type { PlacedPod } from '../placement/scheduling/placed-pod.ts';
import { hasEnded, isMirror, workloadBehind } from '../pod.ts';

type Placement = NonNullable<Facts['placements']>[number];

export const daemonSet = z.object({ metadata, spec: z.object({ template: z.object({ spec: placing }) }) });
export type DaemonSet = z.infer<typeof daemonSet>;

/**
 * Who places pods by one of the labels that are written to a node: owners of pods anywhere in the cluster, and
 * DaemonSets that have none yet. Pods that have ended, and those that the kubelet starts by itself, are placed by nothing.
 */
export function placementsOf(
  written: readonly string[],
  node: string,
  pods: readonly PlacedPod[],
  daemonSets: readonly DaemonSet[],
): Placement[] {
  const placed = pods.filter((pod) => !hasEnded(pod) && !isMirror(pod));
  const found = [...placed.map((pod) => ofPod(pod, node)), ...daemonSets.map(ofDaemonSet)];
  const placements = new Map<string, Placement>();
  for (const { kind, namespace, name, keys: asked, pods: here } of found) {
    const named = written.filter((key) => asked.has(key));
    if (named.length === 0) continue;
    const id = `${namespace}/${kind}/${name}`;
    const before = placements.get(id);
    const keys = [...new Set([...(before?.keys ?? []), ...named])].toSorted();
    placements.set(id, { kind, namespace, name, keys, pods: (before?.pods ?? 0) + here });
  }
  return [...placements.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

type Asking = Omit<Placement, 'keys'> & { readonly keys: ReadonlySet<string> };

function ofPod(pod: PlacedPod, node: string): Asking {
  const { namespace = '', name } = pod.metadata;
  const owner = workloadBehind(pod) ?? { kind: 'Pod', name };
  const keys = owner.kind === 'DaemonSet' ? requiredKeys(pod.spec) : placingKeys(pod.spec);
  return { kind: owner.kind, namespace, name: owner.name, keys, pods: pod.spec.nodeName === node ? 1 : 0 };
}

function ofDaemonSet({ metadata: { namespace = '', name }, spec }: DaemonSet): Asking {
  return { kind: 'DaemonSet', namespace, name, keys: requiredKeys(spec.template.spec), pods: 0 };
}

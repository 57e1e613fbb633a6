import { z } from 'zod';
import type { ActionOf } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { Gaps } from '../gaps.ts';
import { list, metadata, texts } from '../objects.ts';
import { controllerOf } from '../pod.ts';
import type { Reader } from '../read.ts';
import { resourceOf } from '../resource.ts';

type Placement = NonNullable<Facts['placements']>[number];

const term = z.object({ matchExpressions: list(z.object({ key: z.string() })) });
const podAffinity = z
  .object({
    requiredDuringSchedulingIgnoredDuringExecution: list(z.object({ topologyKey: z.string() })),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      z.object({ podAffinityTerm: z.object({ topologyKey: z.string() }) }),
    ),
  })
  .nullish();

/** Everything in a pod's spec that names labels of nodes (kubernetes.io, "Assigning Pods to Nodes"). */
const placing = z.object({
  nodeName: z.string().nullish(),
  nodeSelector: texts,
  topologySpreadConstraints: list(z.object({ topologyKey: z.string() })),
  affinity: z
    .object({
      nodeAffinity: z
        .object({
          requiredDuringSchedulingIgnoredDuringExecution: z
            .object({ nodeSelectorTerms: list(term) })
            .nullish(),
          preferredDuringSchedulingIgnoredDuringExecution: list(z.object({ preference: term })),
        })
        .nullish(),
      podAffinity,
      podAntiAffinity: podAffinity,
    })
    .nullish(),
});
type Placing = z.infer<typeof placing>;

const placedPod = z.object({ metadata, spec: placing });
const daemonSet = z.object({ metadata, spec: z.object({ template: z.object({ spec: placing }) }) });

/** Who places pods by one of the keys that are written to a node: owners of pods, and DaemonSets that have none yet. */
export async function readPlacements(
  reader: Reader,
  gaps: Gaps,
  { set, remove, target }: ActionOf<'label'>,
): Promise<Placement[]> {
  const [pods, daemons] = await Promise.all([
    gaps.fill('placement of pods', reader.list(placedPod, resourceOf('Pod'))),
    gaps.fill('placement of daemons', reader.list(daemonSet, resourceOf('DaemonSet'))),
  ]);
  const keys = new Set([...set.map(({ key }) => key), ...remove]);
  const found = [
    ...(pods ?? []).map((pod) => ({
      ...ownerOf(pod),
      spec: pod.spec,
      here: pod.spec.nodeName === target.name,
    })),
    ...(daemons ?? []).map(({ metadata: { namespace = '', name }, spec }) => ({
      ...{ kind: 'DaemonSet', namespace, name, here: false },
      spec: spec.template.spec,
    })),
  ];
  const placements = new Map<string, Placement>();
  for (const { kind, namespace, name, spec, here } of found) {
    const named = [...keysIn(spec)].filter((key) => keys.has(key));
    if (named.length === 0) continue;
    const id = `${namespace}/${kind}/${name}`;
    const before = placements.get(id);
    const both = [...new Set([...(before?.keys ?? []), ...named])].toSorted();
    placements.set(id, { kind, namespace, name, keys: both, pods: (before?.pods ?? 0) + Number(here) });
  }
  return [...placements.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function ownerOf(pod: z.infer<typeof placedPod>): { kind: string; namespace: string; name: string } {
  const { namespace = '', name } = pod.metadata;
  const owner = controllerOf(pod);
  return owner === undefined
    ? { kind: 'Pod', namespace, name }
    : { kind: owner.kind, namespace, name: owner.name };
}

function keysIn({ nodeSelector, topologySpreadConstraints, affinity }: Placing): Set<string> {
  const { nodeAffinity, podAffinity: near, podAntiAffinity: apart } = affinity ?? {};
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const terms = [...required, ...preferred.map(({ preference }) => preference)];
  const pods = [near, apart].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      (weighed) => weighed.podAffinityTerm,
    ),
  ]);
  return new Set([
    ...Object.keys(nodeSelector),
    ...terms.flatMap(({ matchExpressions }) => matchExpressions.map(({ key }) => key)),
    ...[...topologySpreadConstraints, ...pods].map(({ topologyKey }) => topologyKey),
  ]);
}

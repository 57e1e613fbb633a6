import { z } from 'zod';
import { list, selector, texts } from '../../../client/objects.ts';

const expressions = list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) }));
const term = z.object({ matchExpressions: expressions, matchFields: expressions });
export type Term = z.infer<typeof term>;

export const nodeSelector = z.object({ nodeSelectorTerms: list(term) });
export type NodeSelector = z.infer<typeof nodeSelector>;

const affinityTerm = z.object({
  topologyKey: z.string(),
  labelSelector: selector.nullish(),
  namespaces: list(z.string()),
  namespaceSelector: selector.nullish(),
  matchLabelKeys: list(z.string()),
  mismatchLabelKeys: list(z.string()),
});
export type AffinityTerm = z.infer<typeof affinityTerm>;

const podAffinity = z
  .object({
    requiredDuringSchedulingIgnoredDuringExecution: list(affinityTerm),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      z.object({ podAffinityTerm: z.object({ topologyKey: z.string() }) }),
    ),
  })
  .nullish();

const spreadConstraint = z.object({
  topologyKey: z.string(),
  maxSkew: z.number().default(1),
  whenUnsatisfiable: z.string().default('DoNotSchedule'),
  labelSelector: selector.nullish(),
  matchLabelKeys: list(z.string()),
  minDomains: z.number().nullish(),
  nodeAffinityPolicy: z.string().nullish(),
  nodeTaintsPolicy: z.string().nullish(),
});
export type SpreadConstraint = z.infer<typeof spreadConstraint>;

/** Everything in a pod's spec that names labels of nodes (kubernetes.io, "Assigning Pods to Nodes"). */
export const placing = z.object({
  nodeSelector: texts,
  topologySpreadConstraints: list(spreadConstraint),
  affinity: z
    .object({
      nodeAffinity: z
        .object({
          requiredDuringSchedulingIgnoredDuringExecution: nodeSelector.nullish(),
          preferredDuringSchedulingIgnoredDuringExecution: list(z.object({ preference: term })),
        })
        .nullish(),
      podAffinity,
      podAntiAffinity: podAffinity,
    })
    .nullish(),
});
export type Placing = z.infer<typeof placing>;

const keysOf = (terms: readonly Term[]): string[] =>
  terms.flatMap(({ matchExpressions }) => matchExpressions.map(({ key }) => key));

/** The labels that a node must have, or must not have, for a pod to run there: a DaemonSet asks for nothing else. */
export function requiredKeys({ nodeSelector: plain, affinity }: Placing): ReadonlySet<string> {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return new Set([...Object.keys(plain), ...keysOf(required?.nodeSelectorTerms ?? [])]);
}

/** These, and those by which the scheduler prefers a node or tells nodes that are one place. */
export function placingKeys(spec: Placing): ReadonlySet<string> {
  const { nodeAffinity, podAffinity: near, podAntiAffinity: apart } = spec.affinity ?? {};
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const places = [near, apart].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }) => podAffinityTerm,
    ),
  ]);
  return new Set([
    ...requiredKeys(spec),
    ...keysOf(preferred.map(({ preference }) => preference)),
    ...[...spec.topologySpreadConstraints, ...places].map(({ topologyKey }) => topologyKey),
  ]);
}

import { isReady } from '../node/subject.ts';
import { podFactOf } from '../pod.ts';
import { podNamed } from './new-pod.ts';
import { uidsOf } from './rolling.ts';
import type { PlacedPod, PlacedSpec } from './scheduling/placed-pod.ts';
import { type Layout, take } from './scheduling/site.ts';
import { attempt, newTrial, type Trial } from './trial.ts';

/** The claims that a StatefulSet has made for a pod: its successor of the same name mounts them. */
function withOwnClaims(spec: PlacedSpec, name: string, templates: readonly string[]): PlacedSpec {
  const own = templates.map((template) => ({
    persistentVolumeClaim: { claimName: `${template}-${name}` },
  }));
  return { ...spec, volumes: [...spec.volumes, ...own] };
}

const ordinalOf = (pod: PlacedPod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? 0);

/** From the highest ordinal down, each in the place of its predecessor; where one finds none, nothing more happens. */
export function byOrdinal(
  layout: Layout,
  old: readonly PlacedPod[],
  pod: PlacedPod,
  claimTemplates: readonly string[],
): Trial {
  const trial = newTrial();
  for (const each of old.toSorted((a, b) => ordinalOf(b) - ordinalOf(a))) {
    take(layout, uidsOf([each]));
    if (!attempt(trial, layout, successorOf(each, pod, claimTemplates))) return trial;
  }
  return trial;
}

/** What comes in the place of a pod that has a name and claims of its own. */
function successorOf(old: PlacedPod, pod: PlacedPod, claimTemplates: readonly string[]): PlacedPod {
  const { name } = old.metadata;
  const spec = withOwnClaims(pod.spec, name, claimTemplates);
  return podNamed(name, pod.metadata.namespace ?? '', pod.metadata.labels, spec);
}

/** Further ordinals. */
export function nextOrdinals(
  layout: Layout,
  { name, from, to }: { readonly name: string; readonly from: number; readonly to: number },
  pod: PlacedPod,
  claimTemplates: readonly string[],
): Trial {
  const trial = newTrial();
  for (let ordinal = from; ordinal < to; ordinal += 1) {
    // A claim that is not there yet is made with the pod.
    const known = claimTemplates.filter((each) =>
      layout.storage.claims.has(`${pod.metadata.namespace}/${each}-${name}-${ordinal}`),
    );
    const spec = withOwnClaims(pod.spec, `${name}-${ordinal}`, known);
    const next = podNamed(`${name}-${ordinal}`, pod.metadata.namespace ?? '', pod.metadata.labels, spec);
    if (!attempt(trial, layout, next)) return trial;
  }
  return trial;
}

/** What a DaemonSet's controller lets its pods tolerate (AddOrUpdateDaemonPodTolerations in pkg/controller/daemon/util). */
function daemonTolerations(hostNetwork: boolean): PlacedSpec['tolerations'] {
  const staying = ['not-ready', 'unreachable'].map((key) => ({ key, effect: 'NoExecute' }));
  const coming = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({
    key,
    effect: 'NoSchedule',
  }));
  const network = hostNetwork ? [{ key: 'network-unavailable', effect: 'NoSchedule' }] : [];
  return [...staying, ...coming, ...network].map(({ key, effect }) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect,
  }));
}

/** A pod of a DaemonSet for one node (ReplaceDaemonSetPodNodeNameNodeAffinity). */
export function daemonFor(node: string, pod: PlacedPod): PlacedPod {
  const { spec } = pod;
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [], matchFields }],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [],
  };
  return podNamed(`new-on-${node}`, pod.metadata.namespace ?? '', pod.metadata.labels, {
    ...spec,
    tolerations: [...spec.tolerations, ...daemonTolerations(spec.hostNetwork === true)],
    affinity: { ...spec.affinity, nodeAffinity },
  });
}

/**
 * Node by node. On one that is not ready the old pod is deleted first and never replaced by one that is available: it
 * counts as unavailable as long as the node is away (rollingUpdate in pkg/controller/daemon/update.go).
 */
export function byNode(
  layout: Layout,
  {
    old,
    pod,
    surges,
  }: { readonly old: readonly PlacedPod[]; readonly pod: PlacedPod; readonly surges: boolean },
): Trial & { readonly down: string[] } {
  const trial = newTrial();
  const down: string[] = [];
  for (const each of old) {
    const name = each.spec.nodeName ?? nodeWanted(each);
    const site = layout.sites.find(({ node }) => node.metadata.name === name);
    if (name === undefined || site === undefined) continue;
    if (!isReady(site.node)) {
      down.push(name);
      continue;
    }
    if (layout.unread.has(name)) continue;
    const stays = surges && podFactOf(each).ready;
    if (!stays) take(layout, uidsOf([each]));
    if (!attempt(trial, layout, daemonFor(name, pod))) down.push(name);
    take(layout, uidsOf([each]));
  }
  return { ...trial, down: down.toSorted() };
}

function nodeWanted({ spec }: PlacedPod): string | undefined {
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields.find(({ key }) => key === 'metadata.name')?.values[0];
}

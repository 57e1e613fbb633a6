import { has, nodeLabels, podName } from '../../../domain/displaced.ts';
import type { Tenant } from '../../../domain/node.ts';
import { type Finding, floor, nodeOf, nothing, type Rule, type RuleInput, sourceOf } from '../rule.ts';
import { listed } from '../sentence.ts';

/** Written by the kubelet and by the cloud's controller, and read by the scheduler, volumes and load balancers. */
const wellKnown: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]);
const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';

/**
 * Floor: labels of a node that decide where pods run. Those that are there stay when theirs goes, but for the pods of
 * DaemonSets, which end at once (kubernetes.io, "Assigning Pods to Nodes"; daemon_controller.go).
 */
export const nodeLabelsRule: Rule = (input) => {
  const keys = nodeLabels(input.action);
  if (keys.length === 0) return nothing;
  const source = sourceOf(input, 'metadata.labels');
  const found: Finding[] = [];
  const known = keys.filter((key) => wellKnown.has(key));
  if (known.length > 0) {
    const sentence = `${listed(known)} ${known.length === 1 ? 'is' : 'are'} written by the kubelet or the cloud; the scheduler and volumes go by ${known.length === 1 ? 'it' : 'them'}.`;
    found.push(floor('dual', sentence, source));
  }
  if (keys.includes(excluded)) {
    const sentence = `${excluded} decides whether load balancers outside the cluster send requests to ${input.name}.`;
    found.push(floor('human', sentence, source));
  }
  return [...found, ...asked(input, source)];
};

function asked(input: RuleInput, source: string): readonly Finding[] {
  const pods = (nodeOf(input)?.tenants ?? []).filter((pod) => pod.asks !== undefined && !has(pod, 'ended'));
  const daemons = pods.filter((pod) => has(pod, 'daemon'));
  const others = pods.filter((pod) => !has(pod, 'daemon'));
  const found: Finding[] = [];
  if (daemons.length > 0) {
    const sentence = `${listed(daemons.map(podName))} of DaemonSets ${daemons.length === 1 ? 'goes' : 'go'} by ${labels(daemons)}: without a match ${daemons.length === 1 ? 'it ends' : 'they end'} at once.`;
    found.push(floor('human', sentence, source));
  }
  if (others.length > 0) {
    const sentence = `${listed(others.map(podName))} ${others.length === 1 ? 'goes' : 'go'} by ${labels(others)}: without a match ${others.length === 1 ? 'it stays' : 'they stay'}, but no other comes here.`;
    found.push(floor('human', sentence, source));
  }
  return found;
}

const labels = (pods: readonly Tenant[]): string =>
  listed([...new Set(pods.flatMap(({ asks = [] }) => asks))]);

import type { JsonObject } from '../json.ts';
import { at, isTrueAt, listAt, textAt, textsAt } from '../tree.ts';

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Whether a node takes a pod: cordon, selector and required affinity, and taints that the pod does not tolerate. */
export function accepts(node: JsonObject, pod: JsonObject): boolean {
  const tolerations = listAt(pod, 'spec', 'tolerations');
  const forgiven = tolerations.some((each) => tolerates(each, cordon));
  if (isTrueAt(node, 'spec', 'unschedulable') && !forgiven) return false;
  if (!selects(pod, node)) return false;
  return untolerated(node, pod).length === 0;
}

/** Taints that keep the pod away, without that of a cordon. */
export function untolerated(node: JsonObject, pod: JsonObject): JsonObject[] {
  const hard = listAt(node, 'spec', 'taints').filter((taint) => taint['effect'] !== 'PreferNoSchedule');
  const others = hard.filter((taint) => taint['key'] !== cordon.key);
  const tolerations = listAt(pod, 'spec', 'tolerations');
  return others.filter((taint) => !tolerations.some((each) => tolerates(each, taint)));
}

/** nodeSelector and required node affinity. */
export function selects(pod: JsonObject, node: JsonObject): boolean {
  const labels = textsAt(node, 'metadata', 'labels');
  const plain = Object.entries(textsAt(pod, 'spec', 'nodeSelector'));
  if (!plain.every(([key, value]) => labels[key] === value)) return false;
  const path = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'] as const;
  const required = at(pod, 'spec', ...path);
  return required === undefined || inTerms(required, node);
}

/** A NodeSelector: one of its terms. */
export function inTerms(selector: Parameters<typeof at>[0], node: JsonObject): boolean {
  const labels = textsAt(node, 'metadata', 'labels');
  const name = { 'metadata.name': textAt(node, 'metadata', 'name') ?? '' };
  return listAt(selector, 'nodeSelectorTerms').some((term) => {
    const [byLabel, byField] = [listAt(term, 'matchExpressions'), listAt(term, 'matchFields')];
    if (byLabel.length + byField.length === 0) return false;
    return byLabel.every((each) => meets(each, labels)) && byField.every((each) => meets(each, name));
  });
}

function meets(requirement: JsonObject, values: Readonly<Record<string, string>>): boolean {
  const value = values[textAt(requirement, 'key') ?? ''];
  const given = at(requirement, 'values');
  const wanted = Array.isArray(given) ? given.map(String) : [];
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return value !== undefined && wanted.includes(value);
    case 'NotIn':
      return value === undefined || !wanted.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(wanted[0]);
    case 'Lt':
      return Number(value) < Number(wanted[0]);
    default:
      return false;
  }
}

/** Whether a toleration is for a taint. */
export function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  const effect = textAt(toleration, 'effect');
  if (effect !== undefined && effect !== taint['effect']) return false;
  const key = textAt(toleration, 'key');
  if (textAt(toleration, 'operator') === 'Exists') return key === undefined || key === taint['key'];
  return key === taint['key'] && (textAt(toleration, 'value') ?? '') === (textAt(taint, 'value') ?? '');
}

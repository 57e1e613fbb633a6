import { isHard } from '../../../../../actions/nodes/taints.ts';
import type { Node } from '../../../client/objects.ts';
import type { NodeSelector, Placing, Term } from './affinity-shapes.ts';
import type { PlacedSpec } from './placed-pod.ts';
import { tolerates } from './tolerations.ts';

/** nodeSelector and required node affinity: any of the terms, all of a term (kubernetes.io, "Assigning Pods to Nodes"). */
export function asksFor({ nodeSelector, affinity }: Placing, node: Node): boolean {
  const { labels } = node.metadata;
  const plain = Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return plain && (required == null || selectsNode(required, node));
}

/** One of its terms holds; a term without any expression matches no node. */
export function selectsNode({ nodeSelectorTerms }: NodeSelector, { metadata }: Node): boolean {
  return nodeSelectorTerms.some((term) => holds(term, metadata.labels, metadata.name));
}

function holds(
  { matchExpressions, matchFields }: Term,
  labels: Readonly<Record<string, string>>,
  name: string,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every(({ key, operator, values }) => compares(labels[key], operator, values)) &&
    matchFields.every(({ key, operator, values }) =>
      compares(key === 'metadata.name' ? name : undefined, operator, values),
    )
  );
}

function compares(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** Whether a pod tolerates every taint that keeps pods away. */
export function isTolerated({ tolerations }: Pick<PlacedSpec, 'tolerations'>, node: Node): boolean {
  return node.spec.taints.filter(isHard).every((taint) => tolerations.some((each) => tolerates(each, taint)));
}

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

/** A cordoned node takes those that tolerate just that, as the pods of a DaemonSet do (plugins/nodeunschedulable). */
export function isOpenTo({ tolerations }: Pick<PlacedSpec, 'tolerations'>, { spec }: Node): boolean {
  return !spec.unschedulable || tolerations.some((each) => tolerates(each, cordon));
}

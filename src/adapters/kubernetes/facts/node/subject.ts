import { outOfService } from '../../../../actions/nodes/taint/out-of-service.ts';
import { isHard } from '../../../../actions/nodes/taints.ts';
import type { NodeSubject } from '../../../../domain/facts/facts.ts';
import type { Node, Pod } from '../../client/objects.ts';
import { hasEnded } from '../pod.ts';

const controlPlaneRoles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** @param pods those bound to the node  @param others all nodes, this one included or not */
export function nodeSubjectOf(node: Node, pods: readonly Pod[], others: readonly Node[]): NodeSubject {
  const zone = node.metadata.labels['topology.kubernetes.io/zone'];
  return {
    kind: 'node',
    ready: isReady(node),
    ...unreadyOf(node),
    unschedulable: node.spec.unschedulable,
    controlPlane: controlPlaneRoles.some((role) => role in node.metadata.labels || hasTaint(node, role)),
    pods: pods.filter((pod) => !hasEnded(pod) && pod.metadata.deletionTimestamp == null).length,
    otherSchedulableNodes: others.filter(
      (other) => other.metadata.uid !== node.metadata.uid && takesPods(other),
    ).length,
    ...(zone === undefined ? {} : { zone }),
    taints: node.spec.taints.map(({ key, value, effect }) => ({
      key,
      ...(value ? { value } : {}),
      effect,
    })),
  };
}

export function isReady({ status }: Node): boolean {
  return status.conditions.some(({ type, status: held }) => type === 'Ready' && held === 'True');
}

const unreachable = 'node.kubernetes.io/unreachable';

/** Since when a node is not ready, and who says so; nothing for one that is. */
export function unreadyOf(node: Node): Pick<NodeSubject, 'unready'> {
  if (isReady(node)) return {};
  const { name } = node.metadata;
  const condition = node.status.conditions.find(({ type }) => type === 'Ready');
  const since = Date.parse(condition?.lastTransitionTime ?? '');
  return {
    unready: {
      name,
      reported: condition?.status === 'False' && !hasTaint(node, unreachable),
      ...(Number.isNaN(since) ? {} : { since: new Date(since).toISOString() }),
      ...(hasTaint(node, outOfService) ? { outOfService: true as const } : {}),
    },
  };
}

/** An ordinary pod tolerates no NoSchedule or NoExecute taint. */
function takesPods(node: Node): boolean {
  return isReady(node) && !node.spec.unschedulable && !node.spec.taints.some(isHard);
}

function hasTaint({ spec }: Node, key: string): boolean {
  return spec.taints.some((taint) => taint.key === key);
}

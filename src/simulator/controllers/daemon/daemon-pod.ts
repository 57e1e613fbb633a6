import type { JsonObject } from '../../json.ts';
import { nameOf } from '../../objects/identity.ts';
import { selects, untolerated } from '../../scheduling/node-rules.ts';
import { edited, isTrueAt, listAt, objectAt, put, textAt } from '../../tree.ts';
import { notReadyTaint, unreachableTaint } from '../node-health.ts';

const cordonTaint = 'node.kubernetes.io/unschedulable';

/** Taints that every daemon pod bears (AddOrUpdateDaemonPodTolerations of daemon/util/daemonset_util.go). */
const borne: readonly (readonly [key: string, effect: string])[] = [
  [notReadyTaint, 'NoExecute'],
  [unreachableTaint, 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  [cordonTaint, 'NoSchedule'],
];

/** A pod or its template with the tolerations that the controller adds. */
export function withTolerations(pod: JsonObject): JsonObject {
  const network: typeof borne = isTrueAt(pod, 'spec', 'hostNetwork')
    ? [['node.kubernetes.io/network-unavailable', 'NoSchedule']]
    : [];
  const added = [...borne, ...network].map(([key, effect]) => ({ key, operator: 'Exists', effect }));
  const isAdded = (own: JsonObject) =>
    added.some(
      (each) => own['key'] === each.key && own['effect'] === each.effect && own['operator'] === 'Exists',
    );
  const own = listAt(pod, 'spec', 'tolerations').filter((each) => !isAdded(each));
  return edited(pod, (draft) => put(draft, ['spec', 'tolerations'], [...own, ...added]));
}

/**
 * Whether a node is to have a pod, if it has none (NodeShouldRunDaemonPod of daemon/daemon_controller.go).
 *
 * @param pod with its tolerations
 */
export function shouldRun(pod: JsonObject, node: JsonObject): boolean {
  return isMeant(pod, node) && untolerated(node, pod).length === 0;
}

/** Whether a pod that is there may stay: only a taint of the effect NoExecute drives it away. */
export function mayStay(pod: JsonObject, node: JsonObject): boolean {
  return isMeant(pod, node) && untolerated(node, pod).every((taint) => taint['effect'] !== 'NoExecute');
}

function isMeant(pod: JsonObject, node: JsonObject): boolean {
  const name = textAt(pod, 'spec', 'nodeName');
  return (name === undefined || name === nameOf(node)) && selects(pod, node);
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Node affinity that leads to one node only; what it required before has been looked at by then. */
export function bindingTo(affinity: JsonObject, name: string): JsonObject {
  const field = { key: 'metadata.name', operator: 'In', values: [name] };
  return {
    ...objectAt(affinity, 'nodeAffinity'),
    [required]: { nodeSelectorTerms: [{ matchFields: [field] }] },
  };
}

/** The node that a daemon pod is on, or that it is for (GetTargetNodeName); empty for none. */
export function boundTo(pod: JsonObject): string {
  const on = textAt(pod, 'spec', 'nodeName');
  if (on !== undefined) return on;
  const terms = objectAt(pod, 'spec', 'affinity', 'nodeAffinity', required);
  for (const term of listAt(terms, 'nodeSelectorTerms'))
    for (const field of listAt(term, 'matchFields')) {
      const { values } = field;
      if (field['key'] === 'metadata.name' && Array.isArray(values)) return String(values[0] ?? '');
    }
  return '';
}

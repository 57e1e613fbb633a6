import { isConditionTrue } from '../controllers/conditions.ts';
import { revisionNumber } from '../controllers/revisions.ts';
import type { Json, JsonObject } from '../json.ts';
import { nameOf } from '../objects/identity.ts';
import type { Resource } from '../resources.ts';
import { at, isTrueAt, listAt, numberAt, objectAt, textAt, textsAt } from '../tree.ts';
import type { Request } from './request.ts';

interface Column {
  readonly name: string;
  readonly cell: (object: JsonObject) => Json;
  readonly type?: 'integer' | 'date';
}

/** kubectl asks for a table and prints the server's columns. */
export function wantsTable(request: Request): boolean {
  return (request.headers.accept ?? '').includes('as=Table');
}

const number = (name: string, ...path: string[]): Column => ({
  name,
  type: 'integer',
  cell: (object) => numberAt(object, ...path) ?? 0,
});
const text = (name: string, ...path: string[]): Column => ({
  name,
  cell: (object) => String(at(object, ...path) ?? '<none>'),
});

const age: Column = { name: 'Age', cell: (object) => ageOf(textAt(object, 'metadata', 'creationTimestamp')) };

/** The columns of `kubectl get` (kubernetes/pkg/printers/internalversion/printers.go), without those of `-o wide`. */
const columns: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    { name: 'Ready', cell: readyOf },
    { name: 'Status', cell: podState },
    { name: 'Restarts', cell: restartsOf },
    age,
    text('Node', 'spec', 'nodeName'),
  ],
  deployments: [
    {
      name: 'Ready',
      cell: (object) =>
        `${numberAt(object, 'status', 'readyReplicas') ?? 0}/${numberAt(object, 'spec', 'replicas') ?? 0}`,
    },
    number('Up-to-date', 'status', 'updatedReplicas'),
    number('Available', 'status', 'availableReplicas'),
    age,
  ],
  statefulsets: [
    {
      name: 'Ready',
      cell: (object) =>
        `${numberAt(object, 'status', 'readyReplicas') ?? 0}/${numberAt(object, 'spec', 'replicas') ?? 0}`,
    },
    age,
  ],
  replicasets: [
    number('Desired', 'spec', 'replicas'),
    number('Current', 'status', 'replicas'),
    number('Ready', 'status', 'readyReplicas'),
    age,
  ],
  daemonsets: [
    number('Desired', 'status', 'desiredNumberScheduled'),
    number('Current', 'status', 'currentNumberScheduled'),
    number('Ready', 'status', 'numberReady'),
    number('Up-to-date', 'status', 'updatedNumberScheduled'),
    number('Available', 'status', 'numberAvailable'),
    age,
  ],
  nodes: [
    { name: 'Status', cell: nodeState },
    { name: 'Roles', cell: rolesOf },
    age,
    text('Version', 'status', 'nodeInfo', 'kubeletVersion'),
  ],
  namespaces: [text('Status', 'status', 'phase'), age],
  controllerrevisions: [
    {
      name: 'Controller',
      cell: (object) =>
        listAt(object, 'metadata', 'ownerReferences')
          .map(({ kind, name }) => `${kind}/${name}`)
          .join(),
    },
    { name: 'Revision', type: 'integer', cell: revisionNumber },
    age,
  ],
  jobs: [
    { name: 'Status', cell: jobState },
    {
      name: 'Completions',
      cell: (object) =>
        `${numberAt(object, 'status', 'succeeded') ?? 0}/${numberAt(object, 'spec', 'completions') ?? 1}`,
    },
    age,
  ],
  cronjobs: [
    text('Schedule', 'spec', 'schedule'),
    text('Timezone', 'spec', 'timeZone'),
    text('Suspend', 'spec', 'suspend'),
    { name: 'Active', type: 'integer', cell: (object) => listAt(object, 'status', 'active').length },
    {
      name: 'Last Schedule',
      cell: (object) => {
        const last = textAt(object, 'status', 'lastScheduleTime');
        return last === undefined ? '<none>' : ageOf(last);
      },
    },
    age,
  ],
  horizontalpodautoscalers: [
    {
      name: 'Reference',
      cell: (object) =>
        `${textAt(object, 'spec', 'scaleTargetRef', 'kind')}/${textAt(object, 'spec', 'scaleTargetRef', 'name')}`,
    },
    number('MinPods', 'spec', 'minReplicas'),
    number('MaxPods', 'spec', 'maxReplicas'),
    number('Replicas', 'status', 'currentReplicas'),
    age,
  ],
  events: [
    { name: 'Last Seen', cell: (object) => ageOf(textAt(object, 'lastTimestamp')) },
    text('Type', 'type'),
    text('Reason', 'reason'),
    {
      name: 'Object',
      cell: (object) =>
        `${(textAt(object, 'involvedObject', 'kind') ?? '').toLowerCase()}/${textAt(object, 'involvedObject', 'name')}`,
    },
    text('Message', 'message'),
  ],
};

/** A meta.k8s.io/v1 Table of the objects, one row each. */
export function tableOf(
  resource: Resource,
  objects: readonly JsonObject[],
  resourceVersion = '',
): JsonObject {
  const shown: readonly Column[] = [{ name: 'Name', cell: nameOf }, ...(columns[resource.plural] ?? [age])];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: shown.map(({ name, type }) => ({
      name,
      type: type ?? 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: 0,
    })),
    rows: objects.map((object) => ({
      cells: shown.map(({ cell }) => cell(object)),
      object: {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: objectAt(object, 'metadata'),
      },
    })),
  };
}

function readyOf(pod: JsonObject): string {
  const ready = listAt(pod, 'status', 'containerStatuses').filter((each) => isTrueAt(each, 'ready')).length;
  return `${ready}/${listAt(pod, 'spec', 'containers').length}`;
}

function podState(pod: JsonObject): string {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  const states = listAt(pod, 'status', 'containerStatuses').map((each) => objectAt(each, 'state'));
  const reasons = states.map(
    (state) => textAt(state, 'waiting', 'reason') ?? textAt(state, 'terminated', 'reason'),
  );
  return reasons.find((reason) => reason !== undefined) ?? textAt(pod, 'status', 'phase') ?? 'Unknown';
}

/** As printPod there: what init containers took counts only while the pod initializes. */
function restartsOf(pod: JsonObject): string {
  const first = listAt(pod, 'status', 'initContainerStatuses');
  const sidecars = listAt(pod, 'spec', 'initContainers')
    .filter((each) => textAt(each, 'restartPolicy') === 'Always')
    .map((each) => textAt(each, 'name'));
  const counted = isConditionTrue(pod, 'Initialized')
    ? [
        ...first.filter((each) => sidecars.includes(textAt(each, 'name'))),
        ...listAt(pod, 'status', 'containerStatuses'),
      ]
    : first;
  return String(counted.reduce((sum, each) => sum + (numberAt(each, 'restartCount') ?? 0), 0));
}

/** As printJob in kubernetes/pkg/printers/internalversion/printers.go. */
function jobState(job: JsonObject): string {
  const held = ['Complete', 'Failed', 'Suspended'].find((type) => isConditionTrue(job, type));
  return held ?? 'Running';
}

function nodeState(node: JsonObject): string {
  const ready = listAt(node, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Ready');
  const state = textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return isTrueAt(node, 'spec', 'unschedulable') ? `${state},SchedulingDisabled` : state;
}

function rolesOf(node: JsonObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const labels = Object.keys(textsAt(node, 'metadata', 'labels')).filter((key) => key.startsWith(prefix));
  return labels.map((key) => key.slice(prefix.length)).join(',') || '<none>';
}

/** Time since an instant as `kubectl get` shows it: 12s, 5m, 3h, 2d. */
function ageOf(since: string | undefined): string {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(since ?? '')) / 1000));
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

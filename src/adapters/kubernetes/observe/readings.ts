import {
  type Answered,
  type Asked,
  known,
  notKnown,
  type PodsReady,
  type Reading,
} from '../../../domain/constraints/readings.ts';
import type { Refusal } from '../client/answer.ts';
import { pod, replicaSet } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { budgetState } from '../facts/dependents/budgets.ts';
import { budget, endpointSlice } from '../facts/dependents/objects.ts';
import { readyEndpoints } from '../facts/dependents/selecting.ts';
import { hasEnded, podFactOf, workloadBehind } from '../facts/pod.ts';
import { readWorkload } from '../facts/workload.ts';

/** What decides whether constraints hold, side by side. Throws `ClusterFault` when the cluster cannot be asked. */
export function readAll(reader: Reader, asked: readonly Asked[]): Promise<Answered[]> {
  return Promise.all(asked.map((each) => readOne(reader, each)));
}

async function readOne(reader: Reader, { kind, namespace, name }: Asked): Promise<Answered> {
  switch (kind) {
    case 'pods':
      return { kind, reading: await readPods(reader, namespace, name) };
    case 'endpoints':
      return { kind, reading: await readEndpoints(reader, namespace, name) };
    case 'budget':
      return { kind, reading: await readBudget(reader, namespace, name) };
  }
}

const gone: PodsReady = { ready: 0, desired: undefined };

const unread = ({ status, sentence }: Refusal): Reading<PodsReady> =>
  status === 404 ? known(gone) : notKnown(sentence);

async function readPods(reader: Reader, namespace: string, owner: string): Promise<Reading<PodsReady>> {
  const slash = owner.indexOf('/');
  const [kind, name] = [owner.slice(0, slash), owner.slice(slash + 1)];
  if (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet') {
    const read = await readWorkload(reader, { kind, namespace, name });
    if (read.kind === 'refusal') return unread(read);
    const { ready, desired } = read.value.value;
    return known({ ready, desired });
  }
  if (kind === 'ReplicaSet') {
    const read = await reader.get(replicaSet, resourceOf('ReplicaSet', { namespace, name }));
    if (read.kind === 'refusal') return unread(read);
    const { spec, status } = read.value.value;
    return known({ ready: status.readyReplicas, desired: spec.replicas });
  }
  return countPods(reader, namespace, owner);
}

/** Of an owner of an installed kind: how many it wants is known to it alone. */
async function countPods(reader: Reader, namespace: string, owner: string): Promise<Reading<PodsReady>> {
  const read = await reader.list(pod, resourceOf('Pod', { namespace }));
  if (read.kind === 'refusal') return notKnown(read.sentence);
  const own = read.value.filter((each) => {
    const behind = workloadBehind(each);
    return behind !== undefined && `${behind.kind}/${behind.name}` === owner && !hasEnded(each);
  });
  const ready = own.map(podFactOf).filter((each) => each.ready && !each.deleting).length;
  return known({ ready, desired: undefined });
}

async function readEndpoints(reader: Reader, namespace: string, service: string): Promise<Reading<number>> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const read = await reader.list(endpointSlice, resourceOf('EndpointSlice', { namespace }), {
    labelSelector,
  });
  return read.kind === 'refusal' ? notKnown(read.sentence) : known(readyEndpoints(read.value, service).size);
}

/** By a list, which is all that reading it needs elsewhere. One whose controller has not counted says nothing. */
async function readBudget(reader: Reader, namespace: string, name: string) {
  const read = await reader.list(budget, resourceOf('PodDisruptionBudget', { namespace }));
  if (read.kind === 'refusal') return notKnown(read.sentence);
  const found = read.value.find(({ metadata }) => metadata.name === name);
  if (found === undefined) return known('gone' as const);
  const { stuck, healthy, desired, allowed } = budgetState(found);
  return stuck === undefined || stuck.why === 'overfull'
    ? known({ healthy, desired, allowed })
    : notKnown('its controller has not counted its pods');
}

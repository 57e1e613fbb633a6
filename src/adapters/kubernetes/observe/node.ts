import type { z } from 'zod';
import { stuckIn } from '../../../actions/pods/crash.ts';
import type { Plan } from '../../../domain/plan.ts';
import type { Observation } from '../../../domain/verdict.ts';
import { deployment, type Pod, pod, statefulSet } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { insist } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { controllerOf, hasEnded, isMirror, podFactOf, workloadBehind } from '../facts/pod.ts';

type NodeObservation = Extract<Observation, { kind: 'node' }>;
type Aftermath = Pick<NodeObservation, 'left' | 'workloads'>;
type Homecoming = NonNullable<Aftermath['workloads']>[number];

/** What the pods of a node have come to; nothing where the plan takes none away. Throws `ClusterFault` when it cannot be seen. */
export async function aftermathOf(reader: Reader, node: string, plan: Plan | undefined): Promise<Aftermath> {
  const places = placesOf(plan);
  if (places === undefined) return {};
  const [here, ...seen] = await Promise.all([
    reader.list(pod, resourceOf('Pod'), { fieldSelector: `spec.nodeName=${node}` }),
    ...places.map((namespace) => homecomings(reader, namespace)),
  ]);
  return { left: leftOn(insist(here)), workloads: seen.flat() };
}

/**
 * Where to look for the pods that start elsewhere: in the namespaces of those that were evicted. Whom a taint drives away
 * is not in the plan, so then everywhere.
 */
function placesOf(plan: Plan | undefined): readonly (string | undefined)[] | undefined {
  if (plan === undefined) return undefined;
  const evicted = plan.calls.flatMap((call) =>
    call.kind === 'evict' && call.ref.namespace !== undefined ? [call.ref.namespace] : [],
  );
  if (evicted.length > 0) return [...new Set(evicted)];
  return plan.calls.some(setsNoExecute) ? [undefined] : undefined;
}

function setsNoExecute({ recognise }: Plan['calls'][number]): boolean {
  if (recognise.kind !== 'fields') return false;
  return (recognise.entries ?? []).some(
    ({ where, value }) => where['effect'] === 'NoExecute' && value !== null,
  );
}

function leftOn(pods: readonly Pod[]): Aftermath['left'] {
  return pods
    .filter((each) => !hasEnded(each) && !isMirror(each))
    .map((each) => {
      const { namespace = '', name, uid, deletionTimestamp } = each.metadata;
      const daemon = controllerOf(each)?.kind === 'DaemonSet';
      return { namespace, name, uid, deleting: deletionTimestamp != null, daemon };
    });
}

async function homecomings(reader: Reader, namespace: string | undefined): Promise<Homecoming[]> {
  const inside = { namespace };
  const [pods, deployments, sets] = await Promise.all([
    reader.list(pod, resourceOf('Pod', inside)),
    reader.list(deployment, resourceOf('Deployment', inside)),
    reader.list(statefulSet, resourceOf('StatefulSet', inside)),
  ]);
  const wanted = new Map([
    ...insist(deployments).map((each) => wantedBy('Deployment', each, failureOf(each))),
    ...insist(sets).map((each) => wantedBy('StatefulSet', each, undefined)),
  ]);
  const found = new Map<string, Homecoming>();
  for (const each of insist(pods)) {
    const owner = workloadBehind(each);
    if (owner === undefined || hasEnded(each)) continue;
    const place = { namespace: each.metadata.namespace ?? '', owner: `${owner.kind}/${owner.name}` };
    const key = `${place.namespace} ${place.owner}`;
    const known = found.get(key) ?? { ...place, ready: 0 };
    found.set(key, withPod(known, each));
  }
  for (const [key, { trouble, ...numbers }] of wanted) {
    const known = found.get(key) ?? { ...numbers, ready: 0 };
    const why = trouble ?? known.trouble;
    found.set(key, { ...known, desired: numbers.desired, ...(why === undefined ? {} : { trouble: why }) });
  }
  return [...found.values()];
}

type Wanted = Pick<Homecoming, 'namespace' | 'owner' | 'trouble'> & { readonly desired: number };

function wantedBy(
  kind: string,
  { metadata, spec }: Pick<z.infer<typeof statefulSet>, 'metadata'> & { spec: { replicas: number } },
  trouble: string | undefined,
): [string, Wanted] {
  const { namespace = '', name } = metadata;
  const owner = `${kind}/${name}`;
  const why = trouble === undefined ? {} : { trouble: { sentence: trouble } };
  return [`${namespace} ${owner}`, { namespace, owner, desired: spec.replicas, ...why }];
}

/** A quota or an admission webhook that lets no new pod be made shows on the Deployment. */
function failureOf({ status }: z.infer<typeof deployment>): string | undefined {
  const failure = status.conditions.find(
    ({ type, status: held }) => type === 'ReplicaFailure' && held === 'True',
  );
  return failure === undefined ? undefined : (failure.message ?? failure.reason ?? 'pods cannot be made');
}

function withPod(known: Homecoming, each: Pod): Homecoming {
  const { ready, deleting } = podFactOf(each);
  if (deleting) return known;
  if (ready) return { ...known, ready: known.ready + 1 };
  const sentence = troubleOf(each);
  const born = each.metadata.creationTimestamp ?? '';
  const newer = known.trouble?.born === undefined || born > known.trouble.born;
  return sentence === undefined || !newer ? known : { ...known, trouble: { sentence, born } };
}

/** Why a pod does not come up: no node takes it, or a container does not start. */
function troubleOf(each: Pod): string | undefined {
  const { name } = each.metadata;
  const unscheduled = each.status.conditions.find(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
  if (unscheduled !== undefined) return `Pod ${name} finds no node: ${unscheduled.message ?? ''}`;
  const stuck = stuckIn(podFactOf(each));
  return stuck === undefined ? undefined : `${stuck}.`;
}

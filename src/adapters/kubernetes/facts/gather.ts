import { kindOf } from '../../../actions/action-kinds.ts';
import { needsOf, writesOf } from '../../../actions/needs.ts';
import type { Action, Target } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Dependents } from '../../../domain/facts/dependents.ts';
import type { Facts, Subject, WorkloadSubject } from '../../../domain/facts/facts.ts';
import { keptAnnotations } from '../../../domain/facts/kept-annotations.ts';
import type { FactNeeds, FieldPath } from '../../../domain/facts/needs.ts';
import { approversAnnotation } from '../../../domain/policy/owners.ts';
import { json } from '../../../domain/text/json.ts';
import type { Clock, Gathered } from '../../../workflow/ports.ts';
import type { Api } from '../client/api.ts';
import type { AnyObject, Pod } from '../client/objects.ts';
import { anyObject, autoscaler, cronJob, job, pod } from '../client/objects.ts';
import type { Read, Reader } from '../client/read.ts';
import { createReader } from '../client/read.ts';
import { resourceOf, targetResource } from '../client/resource.ts';
import { absence } from './absence/absence.ts';
import { readAutoscaling } from './autoscaling.ts';
import { cronJobSubjectOf, jobSubjectOf, readJobName, readJobPods } from './batch.ts';
import { dependentsOf, type NamespaceLists } from './dependents/dependents.ts';
import { readLists } from './dependents/lists.ts';
import { makerOf } from './fields/autoscaler.ts';
import { withContainerFields } from './fields/containers.ts';
import { readFieldFacts } from './fields/read.ts';
import { readNodeView } from './node/node-view.ts';
import { readUnreadyNode } from './node/pod-node.ts';
import { gitOpsOf } from './owners/managed-by.ts';
import { readOperator } from './owners/operator.ts';
import { podSubjectOf, readController } from './owners/pod-controller.ts';
import { readPlaces } from './placement/places.ts';
import { controllerOf, podFactOf } from './pod.ts';
import { type History, withReturning, withStanding } from './revisions.ts';
import { readRawPods } from './rollout.ts';
import { readSource } from './source/read-source.ts';
import { terminationOf } from './termination.ts';
import { createUnknowns, type Unknowns } from './unknowns.ts';
import { readWarnings, warningsAbout } from './warnings.ts';
import type { WorkloadTarget } from './workload.ts';
import { readWorkload, readyBut } from './workload.ts';

export interface GatherContext {
  readonly cluster: string;
  readonly api: Api;
  readonly now: Clock;
  /** For all reads together, 3000. */
  readonly budgetMs: number;
}

/** The target as seen, before what lies around it. */
interface TargetView {
  readonly object: AnyObject;
  readonly raw: unknown;
  readonly subject: Subject;
  readonly gitOps: Facts['gitOps'];
  readonly owner: Facts['owner'];
  /** The spec of a pod that runs the target's own template, with what admission has added to it. */
  readonly running?: unknown;
  /** Of the target, its pods and what stands between them: events about these are about it. */
  readonly uids: ReadonlySet<string>;
  /** Of a node, whose dependents are read together with it. */
  readonly neighbourhood?: Dependents;
  readonly placements?: Facts['placements'];
  /** Of a workload, with the templates of its revisions. */
  readonly history?: History | undefined;
}

/**
 * Reads what the evaluator needs, in parallel and within the budget. The target itself must be readable;
 * whatever else is not becomes a named unknown. Throws `ClusterFault` when the target could not be asked for.
 */
export async function gather(
  { cluster, api, now, budgetMs }: GatherContext,
  action: Action,
  signal: AbortSignal,
): Promise<Gathered> {
  const reader = createReader(api, signal, budgetMs);
  const unknowns = createUnknowns(signal);
  const gatheredAt = now();
  const wanted = { target: action.target, needs: needsOf(action), writes: writesOf(action) };
  const { target, needs, writes } = wanted;
  const [view, namespace, autoscaling, events, inNamespace] = await Promise.all([
    readTargetView(reader, unknowns, wanted),
    readNamespace(reader, unknowns, target),
    readAutoscaling(reader, unknowns, target),
    readWarnings(reader, unknowns, target),
    readNamespaceLists(reader, unknowns, target),
  ]);
  if (view.kind === 'refusal') return absence(reader, action, view);
  const { object, raw, gitOps, owner, running, uids, placements } = view.value;
  const subject = withContainerFields(view.value.subject, needs, raw);
  const neighbourhood =
    view.value.neighbourhood ??
    (inNamespace &&
      dependentsOf({ subject, raw, running, writes, newResources: needs.newResources }, inNamespace));
  const { uid, generation, resourceVersion, labels } = object.metadata;
  const annotations = keptAnnotations(object.metadata.annotations, writes);
  const { apiVersion } = targetResource(target);
  const fields = await readFieldFacts(reader, unknowns, needs, { object, raw, inNamespace });
  const bare: Facts = {
    cluster,
    gatheredAt,
    identity: {
      ...{ apiVersion, uid, generation, resourceVersion, labels, annotations },
      ...terminationOf(object.metadata),
    },
    subject,
    ...(namespace === undefined ? {} : { namespace }),
    ...(gitOps === undefined ? {} : { gitOps }),
    ...(owner === undefined ? {} : { owner }),
    ...autoscaling,
    ...warningsAbout(events, uids, gatheredAt),
    ...fields,
    ...(placements === undefined ? {} : { placements }),
    ...(neighbourhood === undefined ? {} : { neighbourhood }),
    unknown: [],
  };
  const seen = needs.newTemplate ? returned({ action, facts: bare }, view.value) : bare;
  const [places, source] = await Promise.all([
    placesFor(reader, unknowns, { action, facts: seen, raw, running }),
    readSource(reader, { action, facts: seen }, { object, raw }),
  ]);
  const facts: Facts = {
    ...seen,
    ...(places === undefined ? {} : { places }),
    ...source,
    // Answers come in any order; the facts do not depend on it.
    unknown: unknowns.list.toSorted((a, b) => (a.fact < b.fact ? -1 : Number(a.fact > b.fact))),
  };
  return { kind: 'facts', facts, snapshot: { uid, takenAt: gatheredAt, object: json.parse(raw) } };
}

function returned(judged: Case, { history, raw }: TargetView): Facts {
  const { facts } = judged;
  const returning = withReturning(judged, history, raw);
  if (returning === undefined || facts.subject.kind !== 'workload') return facts;
  return { ...facts, subject: { ...facts.subject, returning } };
}

/** Nodes, pods and volumes are read last, and only where what is known by then starts pods and nothing is in the way. */
async function placesFor(
  reader: Reader,
  unknowns: Unknowns,
  { raw, running, ...judged }: Case & { readonly raw: unknown; readonly running: unknown },
): Promise<Facts['places']> {
  const { action, facts } = judged;
  const kind = kindOf(action.verb);
  if (facts.namespace === undefined || kind.precondition(judged).length > 0) return undefined;
  return readPlaces(reader, unknowns, {
    ...{ target: action.target, subject: facts.subject, raw, running },
    ...{ namespace: facts.namespace.name, needs: needsOf(action), effect: kind.effect(judged) },
  });
}

/** The target, and what has to be known of it for the action. */
interface Wanted {
  readonly target: Target;
  readonly needs: FactNeeds;
  readonly writes: readonly FieldPath[];
}

function readTargetView(reader: Reader, unknowns: Unknowns, wanted: Wanted): Promise<Read<TargetView>> {
  const { target, needs } = wanted;
  if (target.kind === 'Node') return readNodeTargetView(reader, unknowns, { ...wanted, name: target.name });
  if (target.kind === 'Pod') return readPodView(reader, unknowns, needs, target);
  if (target.kind === 'CronJob') return readCronJobView(reader, unknowns, needs, target);
  if (target.kind === 'Job') return readJobView(reader, unknowns, needs, target);
  if (target.kind === 'HorizontalPodAutoscaler') return readAutoscalerView(reader, target);
  return readWorkloadView(reader, unknowns, needs, { ...target, kind: target.kind });
}

type Place = { readonly namespace: string; readonly name: string };

async function readCronJobView(
  reader: Reader,
  unknowns: Unknowns,
  needs: FactNeeds,
  { namespace, name }: Place,
): Promise<Read<TargetView>> {
  const [read, jobs, taken] = await Promise.all([
    reader.get(cronJob, resourceOf('CronJob', { namespace, name })),
    unknowns.orUnknown('jobs', reader.list(job, resourceOf('Job', { namespace }))),
    nameTaken(reader, unknowns, namespace, needs),
  ]);
  if (read.kind === 'refusal') return read;
  const { value, raw } = read.value;
  const subject = { ...cronJobSubjectOf(value, jobs), ...taken };
  const owner = await readOperator(reader, unknowns, namespace, value);
  const uids = new Set([value.metadata.uid]);
  return { kind: 'read', value: { object: value, raw, subject, gitOps: gitOpsOf(value), owner, uids } };
}

async function readJobView(
  reader: Reader,
  unknowns: Unknowns,
  needs: FactNeeds,
  { namespace, name }: Place,
): Promise<Read<TargetView>> {
  const [read, taken] = await Promise.all([
    reader.get(job, resourceOf('Job', { namespace, name })),
    nameTaken(reader, unknowns, namespace, needs),
  ]);
  if (read.kind === 'refusal') return read;
  const { value, raw } = read.value;
  const pods = await unknowns.orUnknown('pods', readJobPods(reader, value));
  const subject = { ...jobSubjectOf(value, pods ?? []), ...taken };
  const owner = await readOperator(reader, unknowns, namespace, value);
  const uids = new Set([value.metadata.uid, ...subject.pods.map(({ uid }) => uid)]);
  return { kind: 'read', value: { object: value, raw, subject, gitOps: gitOpsOf(value), owner, uids } };
}

/** Whether the name that a new Job is to have is taken; nothing for actions that make none. */
async function nameTaken(
  reader: Reader,
  unknowns: Unknowns,
  namespace: string,
  { newJob }: FactNeeds,
): Promise<{ nameTaken?: boolean }> {
  if (newJob === undefined) return {};
  const reading = readJobName(reader, namespace, newJob);
  const taken = await unknowns.orUnknown('name of the new Job', reading, `Job/${newJob}`);
  return taken === undefined ? {} : { nameTaken: taken };
}

async function readAutoscalerView(reader: Reader, { namespace, name }: Place): Promise<Read<TargetView>> {
  const read = await reader.get(autoscaler, resourceOf('HorizontalPodAutoscaler', { namespace, name }));
  if (read.kind === 'refusal') return read;
  const { value, raw } = read.value;
  const { minReplicas: min, maxReplicas: max, scaleTargetRef: scales } = value.spec;
  const { currentReplicas, desiredReplicas } = value.status;
  const [current, desired] = [currentReplicas ?? 0, desiredReplicas ?? 0];
  const subject = { kind: 'autoscaler', min, max, current, desired, scales, ...makerOf(value) } as const;
  const uids = new Set([value.metadata.uid]);
  return {
    kind: 'read',
    value: { object: value, raw, subject, gitOps: gitOpsOf(value), owner: undefined, uids },
  };
}

async function readWorkloadView(
  reader: Reader,
  unknowns: Unknowns,
  needs: FactNeeds,
  target: WorkloadTarget,
): Promise<Read<TargetView>> {
  const read = await readWorkload(reader, target);
  if (read.kind === 'refusal') return read;
  const { value: workload, raw } = read.value;
  const [{ history, pods }, owner] = await Promise.all([
    readRawPods(reader, workload, (fact, reading) => unknowns.orUnknown(fact, reading)),
    readOperator(reader, unknowns, target.namespace, workload),
  ]);
  const { desired, updated, available, observedGeneration, paused, strategy, rollingOut } = workload;
  const ready = readyBut(workload, pods ?? []);
  const bare: WorkloadSubject = {
    kind: 'workload',
    ...{ desired, ready, updated, available, observedGeneration, paused, strategy, rollingOut },
    containers: workload.containers,
    unproven: [...workload.unproven],
    ...(history?.liveRevision === undefined ? {} : { liveRevision: history.liveRevision }),
    revisions: (history?.revisions ?? []).map(({ revision, source }) => ({ revision, source })),
    pods: (pods ?? []).map(podFactOf),
    claimTemplates: workload.claimTemplates,
    ...(workload.heldUpBy === undefined ? {} : { heldUpBy: workload.heldUpBy }),
    ...(workload.ordinals === undefined ? {} : { ordinals: workload.ordinals }),
  };
  const subject = withStanding({ ...bare, ...oldestOf(pods, needs) }, history, needs, raw);
  const podUids = (pods ?? []).map(({ metadata: { uid } }) => uid);
  const uids = new Set([workload.metadata.uid, ...(history?.podOwners ?? []), ...podUids]);
  // The API server lists by name, so that it is always the same one.
  const running = rollingOut ? undefined : pods?.[0]?.spec;
  return {
    kind: 'read',
    value: { object: workload, raw, subject, gitOps: gitOpsOf(workload), owner, running, uids, history },
  };
}

/** The pod that was there first, where it matters whether a rollout ever ended. */
function oldestOf(
  pods: readonly Pod[] | undefined,
  { undo, newTemplate }: FactNeeds,
): { oldestPod?: string } {
  if (undo === undefined && newTemplate === undefined) return {};
  const staying = (pods ?? []).filter(({ metadata: { deletionTimestamp } }) => !deletionTimestamp);
  const [oldestPod] = staying.flatMap(({ metadata }) => metadata.creationTimestamp ?? []).toSorted();
  return oldestPod === undefined ? {} : { oldestPod };
}

async function readPodView(
  reader: Reader,
  unknowns: Unknowns,
  { podNode }: FactNeeds,
  { namespace, name }: Place,
): Promise<Read<TargetView>> {
  const read = await reader.get(pod, resourceOf('Pod', { namespace, name }));
  if (read.kind === 'refusal') return read;
  const { value, raw } = read.value;
  const [controller, host] = await Promise.all([
    readController(reader, unknowns, value),
    podNode === undefined ? {} : readUnreadyNode(reader, unknowns, value),
  ]);
  const top = controller.top ?? value;
  const owner = await readOperator(reader, unknowns, namespace, top);
  const subject = { ...podSubjectOf(value, controller), ...host };
  const above = controllerOf(value);
  const uids = new Set([value.metadata.uid, ...(above === undefined ? [] : [above.uid])]);
  return { kind: 'read', value: { object: value, raw, subject, gitOps: gitOpsOf(top), owner, uids } };
}

async function readNodeTargetView(
  reader: Reader,
  unknowns: Unknowns,
  wanted: Parameters<typeof readNodeView>[2],
): Promise<Read<TargetView>> {
  const read = await readNodeView(reader, unknowns, wanted);
  if (read.kind === 'refusal') return read;
  const { object } = read.value;
  const seen = { gitOps: gitOpsOf(object), owner: undefined, uids: new Set([object.metadata.uid]) };
  return { kind: 'read', value: { ...read.value, ...seen } };
}

/** What may have to do with the target, before it is known how it looks. */
async function readNamespaceLists(
  reader: Reader,
  unknowns: Unknowns,
  target: Target,
): Promise<NamespaceLists | undefined> {
  if (target.kind === 'Node') return undefined;
  const { namespace } = target;
  return { name: namespace, lists: await readLists(reader, unknowns, namespace) };
}

async function readNamespace(
  reader: Reader,
  unknowns: Unknowns,
  target: Target,
): Promise<Facts['namespace']> {
  if (target.kind === 'Node') return undefined;
  const name = target.namespace;
  const read = await unknowns.orUnknown(
    'namespace labels',
    reader.get(anyObject, resourceOf('Namespace', { name })),
  );
  const { labels = {}, annotations = {}, deletionTimestamp } = read?.value.metadata ?? {};
  const approvers = annotations[approversAnnotation];
  return {
    ...{ name, labels },
    ...(deletionTimestamp == null ? {} : { terminating: true as const }),
    ...(approvers === undefined ? {} : { approvers }),
  };
}

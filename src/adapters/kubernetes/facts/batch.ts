import type { CronJobSubject, JobSubject, PodFact } from '../../../domain/facts/facts.ts';
import type { AnyObject, CronJob, Job, Run } from '../client/objects.ts';
import { anyObject, pod } from '../client/objects.ts';
import type { Read, Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { controllerOf, podFactOf, selectorText } from './pod.ts';

/** Jobs of a CronJob that a card has room for. */
const recentKept = 5;

/** A CronJob with what is known of its Jobs; undefined where they could not be read. */
export function cronJobSubjectOf(
  { metadata, spec, status }: CronJob,
  jobs: readonly Job[] | undefined,
): CronJobSubject {
  const { suspend, schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds, jobTemplate } = spec;
  const { lastScheduleTime, lastSuccessfulTime } = status;
  const { completions, parallelism } = podsOf(jobTemplate.spec);
  return {
    kind: 'cronJob',
    suspended: suspend,
    schedule,
    concurrencyPolicy,
    ...(timeZone == null ? {} : { timeZone }),
    ...(startingDeadlineSeconds == null ? {} : { startingDeadlineSeconds }),
    ...(lastScheduleTime == null ? {} : { lastScheduled: lastScheduleTime }),
    ...(lastSuccessfulTime == null ? {} : { lastSuccessful: lastSuccessfulTime }),
    ...(completions === undefined ? {} : { completions }),
    parallelism,
    active: status.active.map(({ name }) => name).toSorted(),
    ...(jobs === undefined ? {} : { recent: recentOf(metadata.uid, jobs) }),
    // SetDefaults_CronJob in kubernetes/pkg/apis/batch/v1/defaults.go.
    kept: { successful: spec.successfulJobsHistoryLimit ?? 3, failed: spec.failedJobsHistoryLimit ?? 1 },
    ...runOf(jobTemplate.spec),
    ...leaving(metadata),
  };
}

function recentOf(uid: string, jobs: readonly Job[]): NonNullable<CronJobSubject['recent']> {
  return jobs
    .filter((each) => controllerOf(each)?.uid === uid)
    .toSorted((a, b) => latestFirst(a.metadata, b.metadata))
    .slice(0, recentKept)
    .map((each) => {
      const { ended } = endOf(each);
      return { name: each.metadata.name, ...(ended === undefined ? {} : { ended }) };
    });
}

type Born = Pick<Job['metadata'], 'name' | 'creationTimestamp'>;

function latestFirst(a: Born, b: Born): number {
  const [one, other] = [`${a.creationTimestamp} ${a.name}`, `${b.creationTimestamp} ${b.name}`];
  return one < other ? 1 : -1;
}

export function jobSubjectOf(job: Job, pods: readonly PodFact[]): JobSubject {
  const { metadata, spec, status } = job;
  const owner = controllerOf(job);
  return {
    kind: 'job',
    suspended: spec.suspend,
    active: status.active,
    succeeded: status.succeeded,
    failed: status.failed,
    ...podsOf(spec),
    ...endOf(job),
    ...(owner?.kind === 'CronJob' ? { cronJob: owner.name } : {}),
    pods: [...pods],
    ...runOf(spec),
    ...leaving(metadata),
  };
}

/** Whether it is on its way out. */
const leaving = ({ deletionTimestamp }: AnyObject['metadata']): Pick<JobSubject, 'deleting'> =>
  deletionTimestamp == null ? {} : { deleting: true };

/** Both are 1 where neither is given; without completions the first pod that ends well completes it (SetDefaults_Job). */
function podsOf({ completions, parallelism }: Run): { completions?: number; parallelism: number } {
  const needed = completions ?? (parallelism == null ? 1 : undefined);
  return { ...(needed === undefined ? {} : { completions: needed }), parallelism: parallelism ?? 1 };
}

/** What runs, and how long it can be looked at afterwards. */
function runOf({ template, backoffLimit, ttlSecondsAfterFinished: ttl }: Run) {
  const { containers, initContainers } = template.spec;
  return {
    images: Object.fromEntries([...initContainers, ...containers].map(({ name, image }) => [name, image])),
    ...(backoffLimit == null ? {} : { backoffLimit }),
    ...(ttl == null ? {} : { ttlSeconds: ttl }),
  };
}

/** Whether there is a Job of a name. */
export async function readJobName(reader: Reader, namespace: string, name: string): Promise<Read<boolean>> {
  const read = await reader.get(anyObject, resourceOf('Job', { namespace, name }));
  if (read.kind === 'read') return { kind: 'read', value: true };
  return read.status === 404 ? { kind: 'read', value: false } : read;
}

/** How a Job ended and why, by its conditions (kubernetes.io, "Jobs"). */
export function endOf({ status }: Job): Pick<JobSubject, 'ended' | 'reason'> {
  const held = (type: string) =>
    status.conditions.find((each) => each.type === type && each.status === 'True');
  const [ended, condition] = held('Complete')
    ? (['Complete', held('Complete')] as const)
    : (['Failed', held('Failed')] as const);
  if (condition === undefined) return {};
  return { ended, ...(condition.reason === undefined ? {} : { reason: condition.reason }) };
}

/**
 * The pods of a Job that is gone and that are not: the label is the API server's own (generateSelector in
 * kubernetes/pkg/registry/batch/job/strategy.go), the owner's uid decides.
 */
export async function readPodsLeft(reader: Reader, namespace: string, uid: string): Promise<Read<number>> {
  const query = { labelSelector: `batch.kubernetes.io/controller-uid=${uid}` };
  const read = await reader.list(pod, resourceOf('Pod', { namespace }), query);
  if (read.kind === 'refusal') return read;
  return { kind: 'read', value: read.value.filter((each) => controllerOf(each)?.uid === uid).length };
}

/** The pods of a Job, those that have ended too: they are what tells of its failures. */
export async function readJobPods(reader: Reader, { metadata, spec }: Job): Promise<Read<PodFact[]>> {
  const { namespace, uid } = metadata;
  const query = spec.selector == null ? {} : { labelSelector: selectorText(spec.selector) };
  const read = await reader.list(pod, resourceOf('Pod', { namespace }), query);
  if (read.kind === 'refusal') return read;
  return { kind: 'read', value: read.value.filter((each) => controllerOf(each)?.uid === uid).map(podFactOf) };
}

import type { CronJobSubject, JobSubject, PodFact } from '../../domain/facts.ts';
import type { CronJob, Job } from './objects.ts';
import { pod } from './objects.ts';
import { controllerOf, podFactOf, selectorText } from './pod.ts';
import type { Read, Reader } from './read.ts';
import { resourceOf } from './resource.ts';

export function cronJobSubjectOf({ spec, status }: CronJob): CronJobSubject {
  const { suspend, schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds } = spec;
  const { lastScheduleTime, lastSuccessfulTime } = status;
  return {
    kind: 'cronJob',
    suspended: suspend,
    schedule,
    concurrencyPolicy,
    ...(timeZone == null ? {} : { timeZone }),
    ...(startingDeadlineSeconds == null ? {} : { startingDeadlineSeconds }),
    ...(lastScheduleTime == null ? {} : { lastScheduled: lastScheduleTime }),
    ...(lastSuccessfulTime == null ? {} : { lastSuccessful: lastSuccessfulTime }),
    active: status.active.map(({ name }) => name).toSorted(),
  };
}

export function jobSubjectOf(job: Job, pods: readonly PodFact[]): JobSubject {
  const { spec, status } = job;
  const owner = controllerOf(job);
  return {
    kind: 'job',
    suspended: spec.suspend,
    active: status.active,
    succeeded: status.succeeded,
    failed: status.failed,
    ...(spec.completions == null ? {} : { completions: spec.completions }),
    parallelism: spec.parallelism,
    ...endOf(job),
    ...(owner?.kind === 'CronJob' ? { cronJob: owner.name } : {}),
    pods: [...pods],
  };
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

/** The pods of a Job, those that have ended too: they are what tells of its failures. */
export async function readJobPods(reader: Reader, { metadata, spec }: Job): Promise<Read<PodFact[]>> {
  const { namespace, uid } = metadata;
  const query = spec.selector == null ? {} : { labelSelector: selectorText(spec.selector) };
  const read = await reader.list(pod, resourceOf('Pod', { namespace }), query);
  if (read.kind === 'refusal') return read;
  return { kind: 'read', value: read.value.filter((each) => controllerOf(each)?.uid === uid).map(podFactOf) };
}

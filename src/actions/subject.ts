import { describeTarget, type TargetKind } from '../domain/action.ts';
import type { Case } from '../domain/case.ts';
import type {
  CronJobSubject,
  JobSubject,
  NodeSubject,
  PodSubject,
  Subject,
  WorkloadSubject,
} from '../domain/facts/facts.ts';

/** The Deployment, StatefulSet or DaemonSet that the facts are about; undefined where they are about something else. */
export function workloadOf({ facts }: Pick<Case, 'facts'>): WorkloadSubject | undefined {
  return facts.subject.kind === 'workload' ? facts.subject : undefined;
}

export function podOf({ facts }: Pick<Case, 'facts'>): PodSubject | undefined {
  return facts.subject.kind === 'pod' ? facts.subject : undefined;
}

export function nodeOf({ facts }: Pick<Case, 'facts'>): NodeSubject | undefined {
  return facts.subject.kind === 'node' ? facts.subject : undefined;
}

export function cronJobOf({ facts }: Pick<Case, 'facts'>): CronJobSubject | undefined {
  return facts.subject.kind === 'cronJob' ? facts.subject : undefined;
}

export function jobOf({ facts }: Pick<Case, 'facts'>): JobSubject | undefined {
  return facts.subject.kind === 'job' ? facts.subject : undefined;
}

const subjects = {
  Deployment: 'workload',
  StatefulSet: 'workload',
  DaemonSet: 'workload',
  Pod: 'pod',
  Node: 'node',
  Job: 'job',
  CronJob: 'cronJob',
  HorizontalPodAutoscaler: 'autoscaler',
} as const satisfies Record<TargetKind, Subject['kind']>;

/** Why facts of another kind of object cannot say anything about the target; undefined where they are of its kind. */
export function mismatch({ action: { target }, facts: { subject } }: Case): string | undefined {
  return subject.kind === subjects[target.kind]
    ? undefined
    : `The facts of ${describeTarget(target)} are those of a ${subject.kind}.`;
}

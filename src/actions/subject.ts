import type { Case } from '../domain/case.ts';
import type {
  CronJobSubject,
  JobSubject,
  NodeSubject,
  PodSubject,
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

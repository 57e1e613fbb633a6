import { z } from 'zod';

const count = z.number().int().min(0).max(2_147_483_647);
const positive = z.number().int().min(1).max(2_147_483_647);
const share = z.union([
  count,
  z.string().regex(/^([0-9]|[1-9][0-9]|100)%$/, 'must be a number of pods or a percentage such as 25%'),
]);

/**
 * Every field that `patch` may write, by kind, with what it may be. Each changes how a workload is run, none which code
 * runs, with which rights or on which data; what has a verb of its own (replicas, paused, suspend) is not listed.
 * Field names are those of the API reference (kubernetes.io, "Kubernetes API", 1.36).
 */
export const patchable = {
  Deployment: {
    'spec.minReadySeconds': count,
    'spec.progressDeadlineSeconds': positive,
    'spec.revisionHistoryLimit': count,
    'spec.strategy.rollingUpdate.maxSurge': share,
    'spec.strategy.rollingUpdate.maxUnavailable': share,
  },
  StatefulSet: {
    'spec.minReadySeconds': count,
    'spec.revisionHistoryLimit': count,
    'spec.updateStrategy.rollingUpdate.partition': count,
  },
  DaemonSet: {
    'spec.minReadySeconds': count,
    'spec.revisionHistoryLimit': count,
    'spec.updateStrategy.rollingUpdate.maxSurge': share,
    'spec.updateStrategy.rollingUpdate.maxUnavailable': share,
  },
  CronJob: {
    'spec.concurrencyPolicy': z.enum(['Allow', 'Forbid', 'Replace']),
    'spec.failedJobsHistoryLimit': count,
    'spec.startingDeadlineSeconds': positive,
    'spec.successfulJobsHistoryLimit': count,
  },
  Job: {
    'spec.activeDeadlineSeconds': positive,
    'spec.backoffLimit': count,
    'spec.parallelism': count,
    'spec.ttlSecondsAfterFinished': count,
  },
  HorizontalPodAutoscaler: { 'spec.maxReplicas': positive, 'spec.minReplicas': positive },
} as const satisfies Record<string, Record<string, z.ZodType<string | number>>>;

export type PatchableKind = keyof typeof patchable;
export const patchableKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
  'HorizontalPodAutoscaler',
] as const satisfies readonly PatchableKind[];

/** What a field of a kind may be, or undefined if it may not be patched. */
export function patchableField(kind: PatchableKind, path: string): z.ZodType<string | number> | undefined {
  const fields: Record<string, z.ZodType<string | number>> = patchable[kind];
  return Object.hasOwn(fields, path) ? fields[path] : undefined;
}

/** Numbers with `omitempty` and no pointer in k8s.io/api: at zero they are not stored, and absent they are zero. */
export function isLeftOutAtZero(path: string): boolean {
  return path === 'spec.minReadySeconds';
}

import { z } from 'zod';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { edited, put } from '../../src/simulator/tree.ts';
import { cronJob, daemonSet, type Workload } from '../../src/simulator/workloads.ts';

/* What fails in the cases of alerts, besides the workloads. */

export const image = (name: string, tag: string) => `registry.example/${name}:${tag}`;

/** A pod that another object made. */
export const madeBy = (owner: JsonObject, made: JsonObject): JsonObject =>
  edited(made, (draft) => {
    const { apiVersion, kind, metadata } = owned.parse(owner);
    const { name, uid } = metadata;
    put(draft, ['metadata', 'ownerReferences'], [{ apiVersion, kind, name, uid, controller: true }]);
  });

const owned = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), uid: z.string() }),
});

export const pod = (namespace: string, name: string, from: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: { containers: [{ name: 'app', image: from }] },
});

export const failingJob = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace },
  spec: {
    backoffLimit: 0,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: image(name, 'crash') }] },
    },
  },
});

/** Not on nodes that others keep to themselves: the real control plane is shared by all files. */
export const plainDaemonSet = (workload: Workload): JsonObject =>
  edited(daemonSet(workload), (draft) => {
    put(draft, ['spec', 'template', 'spec', 'tolerations'], []);
  });

/** A CronJob that makes no Jobs by itself within a test, and keeps those that have failed: by default it deletes all but one. */
export const neverDue = (namespace: string, name: string): JsonObject =>
  edited(cronJob({ namespace, name, image: image(name, 'crash'), schedule: '0 0 1 1 *' }), (draft) =>
    put(draft, ['spec', 'failedJobsHistoryLimit'], 10),
  );

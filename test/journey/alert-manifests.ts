import type { JsonObject } from '../../src/domain/text/json.ts';
import { edited, put } from '../../src/simulator/tree.ts';
import { daemonSet, type Workload } from '../../src/simulator/workloads.ts';

/* What fails in the cases of alerts, besides the workloads. */

export const image = (name: string, tag: string) => `registry.example/${name}:${tag}`;

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

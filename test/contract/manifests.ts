import type { JsonObject } from '../../src/domain/text/json.ts';

interface Wish {
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
}

/** With a probe, as every container should have one. */
export function container(image = 'web:1'): JsonObject {
  return { name: 'app', image, readinessProbe: { httpGet: { path: '/healthz', port: 80 } } };
}

/** The image tags that make pods fail: `crash`, `bad` (cannot be pulled), `never-ready`. */
const podOf = (name: string, image: string): { metadata: JsonObject; spec: JsonObject } => ({
  metadata: { labels: { app: name } },
  spec: { terminationGracePeriodSeconds: 1, containers: [container(image)] },
});

function workload(
  kind: string,
  { name = 'web', image = 'web:1', metadata = {}, spec = {} }: Wish,
): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, ...metadata },
    spec: { selector: { matchLabels: { app: name } }, template: podOf(name, image), ...spec },
  };
}

export function deployment(wish: Wish = {}): JsonObject {
  return workload('Deployment', { ...wish, spec: { replicas: wish.replicas ?? 2, ...wish.spec } });
}

export function statefulSet(wish: Wish = {}): JsonObject {
  const spec = { replicas: wish.replicas ?? 2, serviceName: wish.name ?? 'web', ...wish.spec };
  return workload('StatefulSet', { ...wish, spec });
}

export function daemonSet(wish: Wish = {}): JsonObject {
  return workload('DaemonSet', wish);
}

export function barePod(name: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'web:1' }] },
  };
}

export function autoscaler(target: string, limits: { minReplicas: number; maxReplicas: number }): JsonObject {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: target };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: target },
    spec: { scaleTargetRef, ...limits },
  };
}

/** A Service over the pods labelled `app: name`. */
export function service(name: string, type = 'ClusterIP'): JsonObject {
  const spec = { type, selector: { app: name }, ports: [{ port: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

/** An Ingress that leads a host to a Service of its name. */
export function ingress(name: string, host: string): JsonObject {
  const backend = { service: { name, port: { number: 80 } } };
  const rules = [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name }, spec: { rules } };
}

/** A PodDisruptionBudget over the pods labelled `app: name`. */
export function disruptionBudget(name: string, limit: JsonObject): JsonObject {
  const spec = { selector: { matchLabels: { app: name } }, ...limit };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec };
}

export function resourceQuota(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec };
}

/** A Lease as client-go's leader election writes it. */
export function lease(name: string, pod: string): JsonObject {
  const spec = { holderIdentity: `${pod}_0c1f6a52-6a3c-4c43-9f3e-5d2c1b0a0001`, leaseDurationSeconds: 15 };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec };
}

/** A Job of one pod, unless the spec says otherwise. Pods whose image is tagged `never-ready` run for ever. */
export function job({
  name = 'import',
  image = 'import:1',
  metadata = {},
  spec = {},
}: Wish = {}): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...metadata },
    spec: { ...runOf(name, image), ...spec },
  };
}

/** A CronJob that no test lives to see run by itself. `run` is added to what its Jobs are made from. */
export function cronJob({ run = {}, ...wish }: Wish & { readonly run?: JsonObject } = {}): JsonObject {
  const { name = 'report', image = 'report:1', metadata = {}, spec = {} } = wish;
  const jobTemplate = {
    metadata: { labels: { team: 'shop' }, annotations: { 'example.com/owner': 'shop' } },
    spec: { ...runOf(name, image), ...run },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, ...metadata },
    spec: { schedule: '0 0 1 1 *', jobTemplate, ...spec },
  };
}

function runOf(name: string, image: string): JsonObject {
  const { metadata, spec } = podOf(name, image);
  return { backoffLimit: 0, template: { metadata, spec: { ...spec, restartPolicy: 'Never' } } };
}

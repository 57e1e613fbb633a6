import type { JsonObject } from './json.ts';

/** What the manifests of the sample cluster differ in. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas?: number;
  readonly strategy?: 'RollingUpdate' | 'Recreate';
  /** Annotations of the workload itself. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Annotations of its pod template: how the pods behave. */
  readonly behaviour?: Readonly<Record<string, string>>;
  /** Runs where ordinary pods may not, as the DNS of a cluster often does: draining a worker does not touch it. */
  readonly onControlPlane?: true;
}

const controlPlaneKey = 'node-role.kubernetes.io/control-plane';

export function deployment(workload: Workload): JsonObject {
  const { replicas = 1, strategy = 'RollingUpdate' } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(workload),
    spec: {
      replicas,
      strategy: { type: strategy },
      selector: { matchLabels: { app: workload.name } },
      template: templateOf(workload),
    },
  };
}

export function statefulSet(workload: Workload): JsonObject {
  const { name, replicas = 1 } = workload;
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(workload),
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: templateOf(workload),
      volumeClaimTemplates: [claim],
    },
  };
}

/** The class of claims that name none, as most clusters have one. */
export function storageClass(name: string): JsonObject {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return {
    ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
    metadata: { name, annotations },
    ...{ provisioner: 'disks.sandbox', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  };
}

export function daemonSet(workload: Workload): JsonObject {
  const template = templateOf(workload, { tolerations: [{ operator: 'Exists' }] });
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadataOf(workload),
    spec: { selector: { matchLabels: { app: workload.name } }, template },
  };
}

/** A Job, run as soon as it is applied. */
export function job(workload: Workload): JsonObject {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadataOf(workload), spec: jobSpecOf(workload) };
}

/** A CronJob; its schedule is in UTC. */
export function cronJob(workload: Workload & { readonly schedule: string }): JsonObject {
  const { schedule } = workload;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadataOf(workload),
    spec: { schedule, concurrencyPolicy: 'Forbid', jobTemplate: { spec: jobSpecOf(workload) } },
  };
}

function jobSpecOf(workload: Workload): JsonObject {
  return { backoffLimit: 1, template: templateOf(workload, { restartPolicy: 'Never' }) };
}

function metadataOf({ name, namespace, annotations }: Workload): JsonObject {
  return {
    name,
    namespace,
    labels: { app: name },
    ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
  };
}

function templateOf({ name, image, behaviour, onControlPlane }: Workload, more: JsonObject = {}): JsonObject {
  const place =
    onControlPlane === undefined
      ? {}
      : {
          nodeSelector: { [controlPlaneKey]: '' },
          tolerations: [{ key: controlPlaneKey, operator: 'Exists', effect: 'NoSchedule' }],
        };
  const container = {
    name,
    image,
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  };
  const annotations = behaviour === undefined ? {} : { annotations: { ...behaviour } };
  return {
    metadata: { labels: { app: name }, ...annotations },
    spec: { containers: [container], ...place, ...more },
  };
}

export function service(name: string, namespace: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
  };
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
  };
}

/** A node that is up; one of the control plane takes no ordinary pods. */
export function node(
  name: string,
  address: string,
  role: 'control-plane' | 'worker',
  zone: string,
): JsonObject {
  const controlPlane = role === 'control-plane';
  const taints = [{ key: controlPlaneKey, effect: 'NoSchedule' }];
  const room = { cpu: '4', memory: '16Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': zone,
        ...(controlPlane ? { [controlPlaneKey]: '' } : {}),
      },
    },
    spec: controlPlane ? { taints } : {},
    status: {
      capacity: room,
      allocatable: room,
      conditions: [
        { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' },
        { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure' },
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.36.3',
        osImage: 'sandbox',
        kernelVersion: 'sandbox',
        containerRuntimeVersion: 'sandbox://1',
      },
    },
  };
}

export function disruptionBudget(name: string, inNamespace: string, minAvailable: number): JsonObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: inNamespace },
    spec: { minAvailable, selector: { matchLabels: { app: name } } },
  };
}

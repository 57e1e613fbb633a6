import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { targetOf } from '../../../src/stages/intake/alert-target.ts';
import { alertmanagerPayloads } from '../../fixtures/collections.ts';
import { noon } from '../../fixtures/facts.ts';

const alertWith = (labels: Record<string, string>): Alert => ({
  fingerprint: 'f1',
  status: 'firing',
  labels,
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
});

describe('targetOf', () => {
  const exporter = { job: 'kube-state-metrics', instance: '10.2.1.8:8443' };
  const own = {
    ...exporter,
    namespace: 'monitoring',
    pod: 'kube-state-metrics-0',
    container: 'kube-state-metrics',
  };
  const node = { kind: 'node', name: 'worker-1' };
  const aside = { namespace: 'shop', pod: 'redis-exporter-0' };
  const object = (kind: string, name: string, namespace = 'shop') => ({
    kind: 'object',
    target: { kind, namespace, name },
  });

  it.each<[string, Record<string, string>, object]>([
    [
      'a pod',
      { namespace: 'shop', pod: 'web-0', container: 'web' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      'a pod on a node',
      { namespace: 'shop', pod: 'web-0', node: 'worker-1' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    ['a deployment', { namespace: 'shop', deployment: 'web' }, object('Deployment', 'web')],
    ['a statefulset', { namespace: 'shop', statefulset: 'db' }, object('StatefulSet', 'db')],
    ['a daemonset', { namespace: 'shop', daemonset: 'agent' }, object('DaemonSet', 'agent')],
    ['a job', { ...exporter, namespace: 'shop', job_name: 'nightly-29' }, object('Job', 'nightly-29')],
    [
      "a job beside the exporter's labels",
      { ...own, exported_namespace: 'shop', job_name: 'nightly-29' },
      object('Job', 'nightly-29'),
    ],
    ['a cronjob', { ...exporter, namespace: 'shop', cronjob: 'nightly' }, object('CronJob', 'nightly')],
    [
      'an autoscaler',
      { ...exporter, namespace: 'shop', horizontalpodautoscaler: 'web' },
      object('HorizontalPodAutoscaler', 'web'),
    ],
    [
      'a deployment beside its pod',
      { namespace: 'shop', deployment: 'web', pod: 'web-0' },
      object('Deployment', 'web'),
    ],
    [
      "a deployment beside the exporter's pod",
      { ...own, namespace: 'shop', deployment: 'web' },
      object('Deployment', 'web'),
    ],
    [
      "a deployment where the exporter's namespace won",
      { ...own, exported_namespace: 'shop', deployment: 'web' },
      object('Deployment', 'web'),
    ],
    [
      "a pod where the exporter's labels won",
      { ...own, exported_namespace: 'shop', exported_pod: 'web-0' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      'a node',
      { ...exporter, node: 'worker-3', condition: 'Ready', status: 'true' },
      { kind: 'node', name: 'worker-3' },
    ],
    [
      "a node beside the exporter's pod",
      { ...own, node: 'worker-3', condition: 'Ready' },
      { kind: 'node', name: 'worker-3' },
    ],
    [
      "a tainted node beside the exporter's pod",
      { ...own, node: 'worker-3', key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
      { kind: 'node', name: 'worker-3' },
    ],
    [
      "a node whose alert is named so, beside the exporter's pod",
      { ...own, alertname: 'KubeNodeUnschedulable', node: 'worker-1' },
      { kind: 'node', name: 'worker-1' },
    ],
    ["a node beside the exporter's pod, whatever the alert's name", { ...own, node: 'worker-1' }, node],
    ['a node by the label of a scrape configuration', { kubernetes_node: 'worker-1' }, node],
    ['the pod of an exporter of which another told', { ...exporter, ...aside }, { kind: 'pod', ...aside }],
    [
      "a ReplicaSet beside the exporter's pod",
      { ...own, namespace: 'shop', replicaset: 'web-6d5f' },
      { kind: 'replicaSet', namespace: 'shop', name: 'web-6d5f' },
    ],
    [
      'a workload with its type',
      { namespace: 'shop', workload: 'web', workload_type: 'deployment' },
      object('Deployment', 'web'),
    ],
    [
      'a workload whose type is a ReplicaSet',
      { namespace: 'shop', workload: 'web-6d5f', workload_type: 'ReplicaSet' },
      { kind: 'replicaSet', namespace: 'shop', name: 'web-6d5f' },
    ],
    [
      'a StatefulSet as a workload',
      { namespace: 'shop', workload: 'db', workload_type: 'statefulset' },
      object('StatefulSet', 'db'),
    ],
    [
      'a DaemonSet as a workload',
      { namespace: 'shop', workload: 'agent', workload_type: 'daemonset' },
      object('DaemonSet', 'agent'),
    ],
    ['a Job as a workload', { namespace: 'shop', workload: 'b', workload_type: 'job' }, object('Job', 'b')],
    [
      'a pod beside a workload without a type',
      { namespace: 'shop', workload: 'web', pod: 'web-0' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      'an object beside what has no action',
      { namespace: 'shop', deployment: 'web', poddisruptionbudget: 'web' },
      object('Deployment', 'web'),
    ],
    [
      'a ReplicaSet by itself',
      { namespace: 'shop', replicaset: 'web-6d5f' },
      { kind: 'replicaSet', namespace: 'shop', name: 'web-6d5f' },
    ],
    [
      'a pod beside its ReplicaSet',
      { namespace: 'shop', replicaset: 'web-6d5f', pod: 'web-6d5f-x' },
      { kind: 'pod', namespace: 'shop', pod: 'web-6d5f-x' },
    ],
    [
      'a pod on a node, with a key that is no taint',
      { namespace: 'shop', pod: 'web-0', node: 'worker-1', key: 'a' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      'a pod on a node, with an effect that is no taint',
      { namespace: 'shop', pod: 'web-0', node: 'worker-1', effect: 'a' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      "a pod on a node, with a condition that is no node's",
      { namespace: 'shop', pod: 'web-0', node: 'worker-1', condition: 'true' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      'a pod on a node, by an alert whose name has it elsewhere',
      { alertname: 'PodOnKubeNodeSlow', namespace: 'shop', pod: 'web-0', node: 'worker-1' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    ...['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].map(
      (condition): [string, Record<string, string>, object] => [
        `a node with ${condition}`,
        { namespace: 'shop', pod: 'web-0', node: 'worker-1', condition },
        node,
      ],
    ),
    [
      'a pod that is an exporter and the metric names',
      { ...exporter, exported_namespace: 'shop', exported_pod: 'db-exporter-0' },
      { kind: 'pod', namespace: 'shop', pod: 'db-exporter-0' },
    ],
    [
      "cAdvisor's old labels",
      { namespace: 'shop', pod_name: 'web-0', container_name: 'web' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      'the labels of a scrape configuration',
      { kubernetes_namespace: 'shop', kubernetes_pod_name: 'web-0', namespace: 'monitoring' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
    [
      "a pod of the metric's own before that of the scrape configuration",
      { kubernetes_namespace: 'monitoring', kubernetes_pod_name: 'ksm-0', namespace: 'shop', pod: 'web-0' },
      { kind: 'pod', namespace: 'shop', pod: 'web-0' },
    ],
  ])('%s', (_name, labels, expected) => {
    expect(targetOf(alertWith(labels))).toEqual(expected);
  });

  const nothing = 'The alert names no object that an action exists for.';
  const messenger = (pod: string) =>
    `The alert's pod "${pod}" is the exporter that told of it, not what failed. A label that names what failed is missing, such as deployment, exported_pod or node.`;
  it.each<[string, Record<string, string>, string]>([
    ['no labels', {}, nothing],
    ['only the exporter', exporter, nothing],
    ["the exporter's pod beside another namespace", { ...own, exported_namespace: 'shop' }, nothing],
    ['an empty label', { namespace: 'shop', deployment: '' }, nothing],
    [
      'a job without a namespace',
      { job_name: 'nightly' },
      'The alert names the job_name "nightly" but no namespace.',
    ],
    [
      'a disruption budget',
      { ...own, poddisruptionbudget: 'web' },
      'The alert is about a poddisruptionbudget and no action exists for one.',
    ],
    [
      'a volume on a node',
      { namespace: 'data', node: 'worker-1', persistentvolumeclaim: 'data-0' },
      'The alert is about a persistentvolumeclaim and no action exists for one.',
    ],
    [
      'a quota of which the exporter told',
      { ...own, namespace: 'shop', replicaset: 'api-6d5f', resourcequota: 'q' },
      'The alert is about a resourcequota and no action exists for one.',
    ],
    ['only the pod of the exporter', own, messenger('kube-state-metrics-0')],
    [
      'an exporter that a chart named after its release',
      { ...own, pod: 'prom-kube-state-metrics-1' },
      messenger('prom-kube-state-metrics-1'),
    ],
    ['an exporter without a job', { namespace: 'shop', pod: 'db-exporter-0' }, messenger('db-exporter-0')],
    [
      'a workload of a kind that no action exists for',
      { namespace: 'shop', workload: 'web', workload_type: 'rollout' },
      'The alert is about a "rollout" and no action exists for one.',
    ],
    [
      'an exporter that a job of its namespace scraped',
      { job: 'monitoring/db-exporter', namespace: 'shop', pod: 'db-exporter-0' },
      messenger('db-exporter-0'),
    ],
    ...['poddisruptionbudget', 'persistentvolumeclaim', 'persistentvolume', 'resourcequota'].map(
      (other): [string, Record<string, string>, string] => [
        `a ${other} beside a pod`,
        { namespace: 'shop', pod: 'web-0', [other]: 'x' },
        `The alert is about a ${other} and no action exists for one.`,
      ],
    ),
    [
      'a workload without a namespace',
      { workload: 'web', workload_type: 'job' },
      'The alert names the workload "web" but no namespace.',
    ],
    [
      'a ReplicaSet without a namespace',
      { replicaset: 'web-6d5f' },
      'The alert names the replicaset "web-6d5f" but no namespace.',
    ],
    [
      'a ReplicaSet whose name is none',
      { namespace: 'shop', replicaset: '-a' },
      'The alert\'s label replicaset is not a Kubernetes name: "-a".',
    ],
    [
      'a ReplicaSet whose namespace is none',
      { namespace: '-n', replicaset: 'a' },
      'The alert\'s label namespace is not a Kubernetes name: "-n".',
    ],
    [
      'an object whose namespace is none',
      { namespace: '-n', deployment: 'a' },
      'The alert\'s label namespace is not a Kubernetes name: "-n".',
    ],
    [
      'a pod whose name is none',
      { namespace: 'shop', pod: '-a' },
      'The alert\'s label pod is not a Kubernetes name: "-a".',
    ],
    ['no namespace', { deployment: 'web' }, 'The alert names the deployment "web" but no namespace.'],
    ['no namespace of a pod', { pod: 'web-0' }, 'The alert names the pod "web-0" but no namespace.'],
    [
      'a name that is none',
      { namespace: 'shop', deployment: 'web; rm -rf /' },
      'The alert\'s label deployment is not a Kubernetes name: "web; rm -rf /".',
    ],
    [
      'a namespace that is none',
      { namespace: 'shop/x', pod: 'web-0' },
      'The alert\'s label namespace is not a Kubernetes name: "shop/x".',
    ],
    ['a flag as a node', { node: '--all' }, 'The alert\'s label node is not a Kubernetes name: "--all".'],
  ])('none: %s', (_name, labels, reason) => {
    expect(targetOf(alertWith(labels))).toEqual({ kind: 'none', reason });
  });
});

const payload = z.object({ alerts: z.array(z.object({ labels: z.record(z.string(), z.string()) })) });
const targets = alertmanagerPayloads().map(
  ([file, sent]) =>
    [file, payload.parse(sent).alerts.map(({ labels }) => shape(targetOf(alertWith(labels))))] as const,
);

describe('the alerts of payloads', () => {
  it.each(targets)('%s name a target, or it is said why not', (_file, found) => {
    for (const each of found) expect(each).toMatch(/^(pod|node|[A-Z]\w+)\/\S+( \S+)?$|\.$/);
  });

  it.each([
    ['autoscaler-at-maximum-firing', 'HorizontalPodAutoscaler/storefront shop'],
    ['pods-crash-looping-mixed', 'pod/storefront-6d5f7c9b8-x7k2p shop'],
    ['cpu-throttling-firing', 'pod/search-0 shop'],
    ['deployment-replicas-firing', 'Deployment/storefront shop'],
    ['deployment-stuck-resolved', 'Deployment/storefront shop'],
    ['statefulset-replicas-firing', 'StatefulSet/orders-db shop'],
    ['node-not-ready-firing', 'node/worker-3'],
    ['job-failed-firing', 'Job/nightly-report-29384000 batch'],
    ['volume-filling-up-firing', 'The alert is about a persistentvolumeclaim and no action exists for one.'],
    ['watchdog-firing', 'The alert names no object that an action exists for.'],
  ])('%s', (name, expected) => {
    expect(new Map(targets).get(`alertmanager-v4-${name}`)?.[0]).toBe(expected);
  });
});

function shape(found: ReturnType<typeof targetOf>): string {
  if (found.kind === 'none') return found.reason;
  if (found.kind === 'pod') return `pod/${found.pod} ${found.namespace}`;
  if (found.kind === 'node') return `node/${found.name}`;
  if (found.kind === 'replicaSet') return `replicaSet/${found.name} ${found.namespace}`;
  return `${found.target.kind}/${found.target.name} ${found.target.namespace}`;
}

import { expect, test } from 'vitest';
import { targetOf } from '../../../src/stages/intake/alert-target.ts';
import { noon } from '../../fixtures/facts.ts';

const mesh = {
  source_workload: 'gateway',
  destination_workload: 'cart',
  destination_workload_namespace: 'shop',
};
const traffic = (pod: string) => ({
  kind: 'none',
  reason: `The alert is about what is sent to "cart", and its pod "${pod}" only tells of it. Which of the two failed is not said.`,
});
const collector = { job: 'collector', namespace: 'monitoring', pod: 'otel-collector-0' };

test.each<[string, Record<string, string>, object]>([
  [
    'what OpenTelemetry collected, beside the collector',
    { ...collector, k8s_namespace_name: 'shop', k8s_pod_name: 'web-0', k8s_node_name: 'worker-1' },
    { kind: 'pod', namespace: 'shop', pod: 'web-0' },
  ],
  [
    "OpenTelemetry's own names",
    { 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'web-0', 'k8s.statefulset.name': 'web' },
    { kind: 'object', target: { kind: 'StatefulSet', namespace: 'shop', name: 'web' } },
  ],
  [
    'a Job that OpenTelemetry collected',
    { ...collector, k8s_namespace_name: 'shop', k8s_job_name: 'nightly-1' },
    { kind: 'object', target: { kind: 'Job', namespace: 'shop', name: 'nightly-1' } },
  ],
  ['a node that OpenTelemetry collected', { k8s_node_name: 'worker-1' }, { kind: 'node', name: 'worker-1' }],
  [
    'what Prometheus renamed before what OpenTelemetry says of the exporter',
    {
      exported_namespace: 'shop',
      exported_pod: 'web-0',
      k8s_namespace_name: 'monitoring',
      k8s_pod_name: 'ksm-0',
    },
    { kind: 'pod', namespace: 'shop', pod: 'web-0' },
  ],
  [
    'what OpenTelemetry scraped, beside the object that the metric names',
    { namespace: 'shop', deployment: 'web', k8s_namespace_name: 'monitoring', k8s_deployment_name: 'ksm' },
    { kind: 'object', target: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
  ],
  [
    'an exporter that OpenTelemetry scraped, beside the node that the metric names',
    {
      ...{ alertname: 'KubeNodeNotReady', node: 'worker-1', condition: 'Ready' },
      ...{ k8s_pod_name: 'kube-state-metrics-5f-x2x9k', k8s_node_name: 'worker-7' },
    },
    { kind: 'node', name: 'worker-1' },
  ],
  [
    'only an exporter that OpenTelemetry scraped',
    { k8s_namespace_name: 'monitoring', 'k8s.pod.name': 'node-exporter-x2x9k' },
    { kind: 'none', reason: 'The alert names no object that an action exists for.' },
  ],
  [
    "an application's own label beside what OpenTelemetry collected",
    { k8s_namespace_name: 'shop', k8s_deployment_name: 'web', workload: 'batch', job_name: 'wordcount' },
    { kind: 'object', target: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
  ],
  [
    "the collector's pod beside another namespace",
    { ...collector, k8s_namespace_name: 'shop' },
    { kind: 'none', reason: 'The alert names no object that an action exists for.' },
  ],
  [
    'a pod of which kube-state-metrics told, whose container is its own',
    { job: 'kube-state-metrics', namespace: 'shop', pod: 'web-0', container: 'kube-state-metrics' },
    { kind: 'pod', namespace: 'shop', pod: 'web-0' },
  ],
  [
    'what a mesh sends to a pod, told by that pod',
    { ...mesh, reporter: 'destination', namespace: 'shop', pod: 'cart-7d4b9c6f5-x2x9k' },
    { kind: 'pod', namespace: 'shop', pod: 'cart-7d4b9c6f5-x2x9k' },
  ],
  [
    'the same, told by who sends it',
    { ...mesh, reporter: 'source', namespace: 'edge', pod: 'gateway-5f7-x2x9k' },
    traffic('gateway-5f7-x2x9k'),
  ],
  [
    'the same, told by a waypoint',
    { ...mesh, reporter: 'waypoint', namespace: 'shop', pod: 'waypoint-5f7-x2x9k' },
    traffic('waypoint-5f7-x2x9k'),
  ],
  [
    'the same, told by a tunnel of the node',
    { ...mesh, reporter: 'destination', namespace: 'istio-system', pod: 'ztunnel-x2x9k' },
    traffic('ztunnel-x2x9k'),
  ],
  [
    'the same, told by a namesake elsewhere',
    { ...mesh, reporter: 'destination', namespace: 'staging', pod: 'cart-7d4b9c6f5-x2x9k' },
    traffic('cart-7d4b9c6f5-x2x9k'),
  ],
  [
    'the same, of which nobody says who tells of it',
    { ...mesh, namespace: 'shop', pod: 'cart-7d4b9c6f5-x2x9k' },
    { kind: 'pod', namespace: 'shop', pod: 'cart-7d4b9c6f5-x2x9k' },
  ],
  [
    'the same, told by a sender that is called alike',
    { ...mesh, reporter: 'source', namespace: 'shop', pod: 'cart-batch-x2x9k' },
    traffic('cart-batch-x2x9k'),
  ],
  [
    'the same without a pod',
    { ...mesh, namespace: 'shop' },
    {
      kind: 'none',
      reason:
        'The alert names the destination_workload "cart" but not of which kind it is. A label that names it is missing, such as deployment or pod.',
    },
  ],
  [
    'flows that an agent tells of',
    { destination_workload: 'cart', namespace: 'kube-system', pod: 'cilium-x2x9k' },
    traffic('cilium-x2x9k'),
  ],
  [
    'what a sender tells by Linkerd',
    { direction: 'outbound', deployment: 'gateway', namespace: 'shop', dst_deployment: 'cart' },
    {
      kind: 'none',
      reason:
        'The alert is about what is sent to "cart", and the workload that it names only tells of it. Which of the two failed is not said.',
    },
  ],
  [
    'what comes in, as Linkerd tells it',
    { direction: 'inbound', deployment: 'cart', namespace: 'shop' },
    { kind: 'object', target: { kind: 'Deployment', namespace: 'shop', name: 'cart' } },
  ],
  [
    'what goes out to where Linkerd knows no workload',
    { direction: 'outbound', deployment: 'gateway', namespace: 'shop' },
    { kind: 'object', target: { kind: 'Deployment', namespace: 'shop', name: 'gateway' } },
  ],
  [
    'a node of which its problem detector tells',
    { namespace: 'kube-system', pod: 'node-problem-detector-x2x9k', node: 'worker-1' },
    { kind: 'node', name: 'worker-1' },
  ],
  [
    "a node of which Ceph's manager tells",
    { job: 'rook-ceph-mgr', namespace: 'rook-ceph', pod: 'rook-ceph-mgr-a-5f7-x2x9k', node: 'worker-1' },
    { kind: 'node', name: 'worker-1' },
  ],
  [
    'an exporter that the kubelet tells of',
    { job: 'kubelet', namespace: 'shop', pod: 'redis-exporter-5f7-x2x9k', node: 'worker-1' },
    { kind: 'pod', namespace: 'shop', pod: 'redis-exporter-5f7-x2x9k' },
  ],
  [
    "an exporter's pod that its metric names",
    { namespace: 'monitoring', exported_namespace: 'shop', exported_pod: 'redis-exporter-0' },
    { kind: 'pod', namespace: 'shop', pod: 'redis-exporter-0' },
  ],
  [
    "an exporter's pod, scraped by a job of another name",
    { job: 'prometheus', namespace: 'shop', pod: 'redis-exporter-0' },
    { kind: 'none', reason: expect.stringContaining('is the exporter that told of it') },
  ],
  [
    'a pod as older scrape configurations name it',
    { kubernetes_namespace: 'shop', kubernetes_pod: 'web-0' },
    { kind: 'pod', namespace: 'shop', pod: 'web-0' },
  ],
  [
    'a taint of a node, beside a pod',
    { namespace: 'shop', pod: 'web-0', node: 'worker-1', key: 'x', effect: 'NoSchedule' },
    { kind: 'node', name: 'worker-1' },
  ],
  [
    'a key beside a pod and its node',
    { namespace: 'shop', pod: 'web-0', node: 'worker-1', key: 'x' },
    { kind: 'pod', namespace: 'shop', pod: 'web-0' },
  ],
  [
    'an alert that is named after nodes, beside a pod',
    { alertname: 'NodeFilesystemFull', namespace: 'shop', pod: 'web-0', node: 'worker-1' },
    { kind: 'node', name: 'worker-1' },
  ],
  [
    'a type of a workload without its name',
    { namespace: 'shop', pod: 'web-0', workload_type: 'deployment' },
    { kind: 'pod', namespace: 'shop', pod: 'web-0' },
  ],
  [
    'a name that is none, shown whole',
    { namespace: 'shop', pod: '!'.repeat(60) },
    { kind: 'none', reason: `The alert's label pod is not a Kubernetes name: "${'!'.repeat(60)}".` },
  ],
  [
    'a longer one, cut',
    { namespace: 'shop', pod: '!'.repeat(61) },
    { kind: 'none', reason: `The alert's label pod is not a Kubernetes name: "${'!'.repeat(60)}...".` },
  ],
  [
    'a pod with its exporter beside it',
    { job: 'redis-exporter', namespace: 'shop', pod: 'redis-0', container: 'redis-exporter' },
    { kind: 'pod', namespace: 'shop', pod: 'redis-0' },
  ],
])('%s', (_name, labels, expected) => {
  const said = { fingerprint: 'f1', annotations: {}, startsAt: noon, source: 'alertmanager' };
  expect(targetOf({ ...said, status: 'firing', labels })).toEqual(expected);
});

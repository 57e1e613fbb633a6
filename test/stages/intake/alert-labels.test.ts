import { expect, test } from 'vitest';
import { targetOf } from '../../../src/stages/intake/alert-target.ts';
import { noon } from '../../fixtures/facts.ts';

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
    'a pod with its exporter beside it',
    { job: 'redis-exporter', namespace: 'shop', pod: 'redis-0', container: 'redis-exporter' },
    { kind: 'pod', namespace: 'shop', pod: 'redis-0' },
  ],
])('%s', (_name, labels, expected) => {
  const said = { fingerprint: 'f1', annotations: {}, startsAt: noon, source: 'alertmanager' };
  expect(targetOf({ ...said, status: 'firing', labels })).toEqual(expected);
});

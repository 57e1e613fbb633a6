import type { JsonObject } from './json.ts';
import {
  curedByAnnotation,
  degradesAfterAnnotation,
  failsAsAnnotation,
  lastWordsAnnotation,
  runsForAnnotation,
} from './kubelet/behaviour.ts';
import type { Seed } from './seed.ts';
import {
  cronJob,
  daemonSet,
  deployment,
  disruptionBudget,
  job,
  namespace,
  node,
  service,
  statefulSet,
  storageClass,
  type Workload,
} from './workloads.ts';

/** What stands in the sample cluster, for people to read: `where` as kubectl takes it. */
export const sampleObjects = [
  { where: 'deployment/web -n shop', what: 'three healthy replicas of the shop front' },
  { where: 'deployment/checkout -n shop', what: 'two replicas in a crash loop that a restart cures' },
  {
    where: 'deployment/cart -n shop',
    what: 'stuck in a release whose image does not exist; an undo cures it',
  },
  {
    where: 'deployment/recommendations -n shop',
    what: 'leaks: two minutes from now it begins to run out of memory',
  },
  { where: 'deployment/gateway -n payments', what: 'three replicas in a production namespace' },
  {
    where: 'deployment/ledger -n payments',
    what: 'a single replica in production that must stop before the next one starts',
  },
  { where: 'statefulset/orders-db -n data', what: 'three database pods with their own disks' },
  { where: 'cronjob/nightly-report -n shop', what: 'a report that is made every night at two' },
  {
    where: 'job/import-prices -n shop',
    what: 'failed while the supplier was away; run again under another name it completes',
  },
  { where: 'daemonset/node-agent -n platform', what: 'one pod on every node' },
  { where: 'deployment/coredns -n kube-system', what: 'the cluster DNS, in a protected namespace' },
  { where: 'node/worker-1, node/worker-2, node/control-1', what: 'two workers and the control plane' },
] as const;

/** Commands worth typing first, and what each is about. */
export const commandsToTry = [
  { command: 'rollout restart deployment/checkout -n shop', says: 'cures a crash loop' },
  { command: 'rollout undo deployment/cart -n shop', says: 'takes back a bad release' },
  { command: 'scale deployment/web -n shop --replicas=5', says: 'makes a healthy workload larger' },
  { command: 'create job import-2 --from=job/import-prices -n shop', says: 'runs a failed Job again' },
  { command: 'rollout restart deployment/gateway -n payments', says: 'production: one person must approve' },
  {
    command: 'rollout restart deployment/ledger -n payments',
    says: 'an outage in production: two people must approve',
  },
  { command: 'drain worker-2 --ignore-daemonsets', says: 'empties a node as its budgets allow: two people' },
  { command: 'rollout restart deployment/coredns -n kube-system', says: 'protected: refused' },
] as const;

/** The first pod of checkout: names are the same at every start, so an alert can be written down beforehand. */
export const crashingPod = 'checkout-4xx7gvmzlz-2dfp4';

/** An Alertmanager webhook body (version 4): checkout's crash loop, as kubernetes-mixin's rule reports it. */
export function sampleAlert(startsAt: string): JsonObject {
  const labels = {
    alertname: 'KubePodCrashLooping',
    namespace: 'shop',
    pod: crashingPod,
    container: 'checkout',
    reason: 'CrashLoopBackOff',
    severity: 'warning',
  };
  const annotations = {
    summary: 'Pod is crash looping.',
    description: `Pod shop/${crashingPod} (checkout) is in waiting state (reason: "CrashLoopBackOff") on cluster sandbox.`,
    runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping',
  };
  const alert = {
    status: 'firing',
    labels,
    annotations,
    startsAt,
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: '6f3a1c5be0d94a27',
  };
  return {
    version: '4',
    groupKey: '{}:{alertname="KubePodCrashLooping", namespace="shop"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'firebreak',
    groupLabels: { alertname: labels.alertname, namespace: labels.namespace },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.example',
    alerts: [alert],
  };
}

const refused =
  'level=fatal msg="connection pool is stale" err="dial tcp 10.0.3.7:5432: connect: connection refused"';

const web = { name: 'web', namespace: 'shop', image: 'registry.example/shop/web:4.1.0', replicas: 3 };
const cart = { name: 'cart', namespace: 'shop', image: 'registry.example/shop/cart:2.7.1', replicas: 3 };

const checkout: Workload = {
  name: 'checkout',
  namespace: 'shop',
  image: 'registry.example/shop/checkout:1.9.3',
  replicas: 2,
  behaviour: {
    [curedByAnnotation]: 'restart',
    [degradesAfterAnnotation]: '420',
    [lastWordsAnnotation]: refused,
  },
};

const recommendations: Workload = {
  name: 'recommendations',
  namespace: 'shop',
  image: 'registry.example/shop/recommendations:0.8.0',
  replicas: 2,
  behaviour: { [degradesAfterAnnotation]: '600' },
};

const nightlyReport = {
  name: 'nightly-report',
  namespace: 'shop',
  image: 'registry.example/shop/report:1.3.0',
  schedule: '0 2 * * *',
  behaviour: { [runsForAnnotation]: '20' },
};

const importPrices: Workload = {
  name: 'import-prices',
  namespace: 'shop',
  image: 'registry.example/shop/import:5.2.1',
  behaviour: {
    [failsAsAnnotation]: 'import-prices',
    [lastWordsAnnotation]: 'level=error msg="cannot read prices" err="supplier.example answers 503"',
  },
};

/** Nodes and the namespaces that every cluster has. */
export const bareCluster: Seed = {
  secondsAgo: 900,
  objects: [
    namespace('default'),
    namespace('kube-system'),
    storageClass('standard'),
    node('control-1', '10.0.0.11', 'control-plane', 'zone-a'),
    node('worker-1', '10.0.0.21', 'worker', 'zone-a'),
    node('worker-2', '10.0.0.22', 'worker', 'zone-b'),
  ],
};

/** A shop with its troubles. Comes after `bareCluster`. */
export const sampleCluster: readonly Seed[] = [
  {
    secondsAgo: 890,
    objects: [
      namespace('shop', { team: 'storefront', environment: 'staging' }),
      namespace('payments', { team: 'payments', environment: 'production' }),
      namespace('data', { team: 'data', environment: 'staging' }),
      namespace('platform', { team: 'platform' }),
      deployment(checkout),
      deployment(web),
      service('web', 'shop'),
      disruptionBudget('web', 'shop', 2),
      service('checkout', 'shop'),
      deployment(cart),
      service('cart', 'shop'),
      deployment({
        name: 'gateway',
        namespace: 'payments',
        image: 'registry.example/payments/gateway:3.4.0',
        replicas: 3,
      }),
      service('gateway', 'payments'),
      deployment({
        name: 'ledger',
        namespace: 'payments',
        image: 'registry.example/payments/ledger:6.0.2',
        strategy: 'Recreate',
      }),
      service('ledger', 'payments'),
      statefulSet({
        name: 'orders-db',
        namespace: 'data',
        image: 'registry.example/data/postgres:18.1',
        replicas: 3,
      }),
      service('orders-db', 'data'),
      daemonSet({
        name: 'node-agent',
        namespace: 'platform',
        image: 'registry.example/platform/node-agent:3.3.0',
      }),
      deployment({
        name: 'coredns',
        namespace: 'kube-system',
        image: 'registry.k8s.io/coredns/coredns:v1.12.1',
        replicas: 2,
        onControlPlane: true,
      }),
    ],
  },
  {
    secondsAgo: 600,
    objects: [
      deployment({
        ...web,
        image: 'registry.example/shop/web:4.2.0',
        annotations: { 'kubernetes.io/change-cause': 'release 4.2.0' },
      }),
    ],
  },
  { secondsAgo: 480, objects: [deployment(recommendations)] },
  { secondsAgo: 420, objects: [cronJob(nightlyReport), job(importPrices)] },
  {
    secondsAgo: 300,
    objects: [
      deployment({
        ...cart,
        image: 'registry.example/shop/cart:bad',
        annotations: { 'kubernetes.io/change-cause': 'release 2.8.0, pushed under the wrong tag' },
      }),
    ],
  },
];

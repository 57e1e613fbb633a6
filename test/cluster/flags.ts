/**
 * Command lines of the daemons. They follow the defaults of controller-runtime's envtest
 * (pkg/internal/testing/controlplane) with the three differences the tests need: RBAC with named users, an audit
 * log, and controllers and a scheduler that really run. Everything listens on 127.0.0.1 only.
 */

/** Ports on 127.0.0.1. */
export type Ports = { readonly etcd: number; readonly etcdPeer: number; readonly api: number };

export function etcdFlags(folder: string, ports: Ports): string[] {
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.etcdPeer}`];
  return [
    '--name=test',
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    // The data never outlives the run.
    '--unsafe-no-fsync',
  ];
}

/** Files the API server reads. */
export type ApiServerFiles = { tokens: string; signing: string; verifying: string; auditPolicy: string };

export function apiServerFlags(folder: string, ports: Ports, files: ApiServerFiles): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    // It signs its own certificate for 127.0.0.1 there and leaves it, authority included, in apiserver.crt.
    `--cert-dir=${folder}/certificates`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--allow-privileged=true',
    '--endpoint-reconciler-type=none',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.verifying}`,
    `--service-account-signing-key-file=${files.signing}`,
    // Otherwise every pod waits for the default service account of its namespace.
    '--disable-admission-plugins=ServiceAccount',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${folder}/audit.log`,
    '--profiling=false',
  ];
}

export function controllerManagerFlags(folder: string, kubeconfig: string, signingKey: string): string[] {
  return [
    ...componentFlags(kubeconfig),
    // With one identity for all controllers RBAC refuses them: "cannot create resource replicasets".
    '--use-service-account-credentials=true',
    `--root-ca-file=${folder}/certificates/apiserver.crt`,
    `--service-account-private-key-file=${signingKey}`,
    '--controllers=*,-node-ipam-controller',
    // Each controller fetches a token of its own at the start; at the default 20 requests a second that takes 4 s.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    // A fight with an autoscaler shows within seconds.
    '--horizontal-pod-autoscaler-sync-period=2s',
    '--horizontal-pod-autoscaler-initial-readiness-delay=1s',
    '--horizontal-pod-autoscaler-cpu-initialization-period=1s',
  ];
}

export function schedulerFlags(kubeconfig: string): string[] {
  return componentFlags(kubeconfig);
}

function componentFlags(kubeconfig: string): string[] {
  const kubeconfigs = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  return [...kubeconfigs.map((flag) => `--${flag}=${kubeconfig}`), '--secure-port=0', '--leader-elect=false'];
}

export function kwokFlags(kubeconfig: string, stages: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${stages}`,
    // A node with this label has no kubelet: nobody reports for it, and nobody ends its pods.
    '--manage-nodes-with-label-selector=!firebreak.test/silent',
    '--node-ip=127.0.0.1',
    '--node-lease-duration-seconds=40',
  ];
}

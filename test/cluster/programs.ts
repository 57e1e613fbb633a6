import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Go programs that make up the control plane of the tests, and kubectl as their oracle. */
export const programs = [
  // The API server comes first: it compiles nearly everything the next three need.
  { name: 'kube-apiserver', module: 'kube', source: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  {
    name: 'kube-controller-manager',
    module: 'kube',
    source: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
  { name: 'kube-scheduler', module: 'kube', source: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  { name: 'kubectl', module: 'kube', source: 'k8s.io/kubernetes/cmd/kubectl' },
  { name: 'kwok', module: 'kwok', source: 'sigs.k8s.io/kwok/cmd/kwok' },
  { name: 'etcd', module: 'etcd', source: 'go.etcd.io/etcd/server/v3' },
] as const;

export type Program = (typeof programs)[number];
export type ProgramName = Program['name'];

/** The folder of the Go module a program is built from: it holds go.mod and go.sum, nothing else. */
export function moduleFolder(module: Program['module']): string {
  return join(import.meta.dirname, module);
}

/** The Kubernetes release in kube/go.mod, such as `1.36.3`. Throws when the file does not name one. */
export function kubernetesVersion(): string {
  const file = join(moduleFolder('kube'), 'go.mod');
  const found = /^\s*(?:require )?k8s\.io\/kubernetes v(\d+\.\d+\.\d+)\b/m.exec(readFileSync(file, 'utf8'));
  if (!found?.[1])
    throw new Error(`${file}: no line "k8s.io/kubernetes v1.2.3", so the release to build is not known.`);
  return found[1];
}

/**
 * Linker flags for a program. Kubernetes reads its own version from linker variables, as hack/lib/version.sh of
 * the Kubernetes repository sets them; without them /version answers `v0.0.0-master+$Format:%H$`, which no client
 * can parse.
 */
export function linkerFlags(program: Program): string {
  return ['-s', '-w', ...(program.module === 'kube' ? versionVariables(kubernetesVersion()) : [])].join(' ');
}

function versionVariables(version: string): string[] {
  const [major, minor] = version.split('.');
  const values = {
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: '0'.repeat(40),
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
  };
  return ['k8s.io/client-go/pkg/version', 'k8s.io/component-base/version'].flatMap((holder) =>
    Object.entries(values).map(([name, value]) => `-X ${holder}.${name}=${value}`),
  );
}

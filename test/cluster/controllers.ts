import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiServer } from './api-server.ts';
import type { Binaries } from './build.ts';
import type { User } from './credentials.ts';
import { identityOf } from './credentials.ts';
import type { Daemons } from './daemons.ts';
import { controllerManagerFlags, kwokFlags, schedulerFlags } from './flags.ts';
import { kubectlSucceeds } from './kubectl.ts';
import { stageConfiguration } from './stages.ts';

/** Starts what makes objects come true: controllers, scheduler, and kwok as the kubelet of the pretended nodes. */
export function startControllers(
  daemons: Daemons,
  binaries: Binaries,
  folder: string,
  server: ApiServer,
): void {
  const kubeconfigOf = (user: User) => identityOf(server.identities, user).kubeconfigPath;
  const stages = join(folder, 'stages.yaml');
  writeFileSync(stages, stageConfiguration(binaries.kwokStages));
  daemons.start({
    name: 'kube-controller-manager',
    file: binaries['kube-controller-manager'],
    args: controllerManagerFlags(folder, kubeconfigOf('system:kube-controller-manager'), server.signingKey),
  });
  daemons.start({
    name: 'kube-scheduler',
    file: binaries['kube-scheduler'],
    args: schedulerFlags(kubeconfigOf('system:kube-scheduler')),
  });
  daemons.start({ name: 'kwok', file: binaries.kwok, args: kwokFlags(kubeconfigOf('kwok'), stages) });
}

/** Creates the nodes and resolves when they are ready and the controllers have begun their work. */
export async function createNodes(daemons: Daemons, binaries: Binaries, server: ApiServer): Promise<void> {
  const { kubeconfigPath } = identityOf(server.identities, 'admin');
  const kubectl = (args: readonly string[], stdin?: string) =>
    kubectlSucceeds({ path: binaries.kubectl, kubeconfigPath }, args, stdin);
  await daemons.until('the nodes were created', () => kubectl(['apply', '-f', '-'], nodes()), 300);
  const ready = ['wait', 'node', '--all', '--for=condition=Ready', '--timeout=5s'];
  await daemons.until('the nodes were ready', () => kubectl(ready), 300);
  // The default service account of a namespace is the work of a controller.
  const account = ['get', 'serviceaccount', 'default', '--namespace=default'];
  await daemons.until('the controllers worked', () => kubectl(account), 300);
}

/** A List of three nodes in three zones, with room for all pods that the tests leave behind; kwok fills in the rest of their status. */
function nodes(): string {
  const resources = { cpu: '8', memory: '32Gi', pods: '2000' };
  const items = ['a', 'b', 'c'].map((letter, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index}`,
      labels: { 'kubernetes.io/hostname': `node-${index}`, 'topology.kubernetes.io/zone': `zone-${letter}` },
    },
    status: { capacity: resources, allocatable: resources },
  }));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

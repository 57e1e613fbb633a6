import { inject } from 'vitest';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { describeAnswersContract, describeClusterContract } from '../contract/cluster.ts';
import type { ClusterWorld } from '../contract/cluster-world.ts';
import { silentLog } from '../fixtures/log.ts';
import { unhurried } from '../support/unhurried.ts';
import type { User } from './credentials.ts';
import { identityOf } from './credentials.ts';

const name = 'the Kubernetes adapter on a real control plane';
describeClusterContract(name, realWorld);
describeAnswersContract(name, realWorld);

async function realWorld(): Promise<ClusterWorld> {
  const as = (user: User) => {
    const { kubeconfigPath } = identityOf(inject('controlPlane').identities, user);
    return connectFromKubeconfig({ kubeconfig: kubeconfigPath });
  };
  const [admin, mallory] = await Promise.all([as('admin'), as('mallory')]);
  return {
    cluster: createCluster({ name: 'real', connection: admin, log: silentLog, ...unhurried }),
    connection: admin,
    powerless: createCluster({ name: 'real', connection: mallory, log: silentLog, ...unhurried }),
    teardown: async () => {
      await Promise.all([admin.close(), mallory.close()]);
    },
  };
}

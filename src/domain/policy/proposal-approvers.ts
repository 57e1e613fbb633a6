import { policyFor, withinCluster } from './in-cluster.ts';
import type { DualApprovers } from './people.ts';
import type { Policy } from './policy.ts';

/**
 * Who decides on a change of the policy for an environment: those who approve there in the dual tier. An environment of one of
 * several clusters has the approvers of that cluster.
 */
export function environmentApprovers(
  all: Pick<Policy, 'clusters' | 'requesters' | 'approvers' | 'freezes' | 'freezesFrom' | 'environments'>,
  environment: string,
): DualApprovers {
  const { cluster, name } = withinCluster(environment);
  const policy = cluster === undefined ? all : policyFor(all, cluster);
  const { environments, approvers } = policy;
  const own = Object.hasOwn(environments, name) ? environments[name] : undefined;
  return own?.approvers?.dual ?? approvers.dual;
}

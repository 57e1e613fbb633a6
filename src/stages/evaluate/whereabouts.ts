import { type Action, namespaceOf, type Request } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { elsewhere, environmentsOf, type Membership } from '../../domain/policy/environment.ts';
import { ofOneCluster } from '../../domain/policy/in-cluster.ts';
import type { Policy } from '../../domain/policy/policy.ts';

/** That the target lives in production, and who says so. */
export interface Production {
  readonly namespace: string;
  /** `may be` when the labels that decide it could not be read. */
  readonly is: 'is' | 'may be';
  readonly source: string;
}

const none: readonly Membership[] = [];

/** The environments that the target's namespace is in; of the whole cluster's objects none. */
export function membershipsOf(
  action: Request,
  facts: Pick<Facts, 'namespace' | 'unknown'>,
  { environments }: Pick<Policy, 'environments'>,
): readonly Membership[] {
  const namespace = namespaceOf(action.target);
  return namespace === undefined ? none : environmentsOf(environments, namespace, labelsOf(facts));
}

/** Labels that could not be read are named among the unknowns, and the empty ones in their place mean nothing. */
function labelsOf({ namespace, unknown }: Pick<Facts, 'namespace' | 'unknown'>) {
  return unknown.some(({ fact }) => fact === 'namespace labels') ? undefined : namespace?.labels;
}

/**
 * The environment that trust is earned in: the first of the policy's, else production or not; of the whole cluster's objects
 * the cluster. Of several clusters each has its own.
 */
export function environmentNameOf(
  action: Request,
  facts: Pick<Facts, 'cluster' | 'namespace' | 'unknown'>,
  policy: Policy,
): string {
  const name = nameWithin(action, facts, policy);
  return policy.clusterNames === undefined ? name : ofOneCluster(facts.cluster, name);
}

function nameWithin(action: Request, facts: Pick<Facts, 'namespace' | 'unknown'>, policy: Policy): string {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined) return elsewhere.cluster;
  const [first] = membershipsOf(action, facts, policy);
  if (first !== undefined) return first.name;
  return policy.namespaces.production.includes(namespace) ? elsewhere.production : elsewhere.other;
}

/** By exact name in the policy's list, else by an environment that is production. */
export function productionOf(
  action: Action,
  { namespaces }: Policy,
  memberships: readonly Membership[],
): Production | undefined {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined) return undefined;
  if (namespaces.production.includes(namespace)) {
    return { namespace, is: 'is', source: 'policy: namespaces.production' };
  }
  if (memberships.length === 0) return undefined;
  const productive = memberships.filter(({ environment }) => environment.production);
  const chosen = productive.find(({ known }) => known) ?? productive[0];
  if (chosen === undefined) return undefined;
  const source = `policy.yaml: environments.${chosen.name}.production`;
  return { namespace, is: chosen.known ? 'is' : 'may be', source };
}

import { z } from 'zod';

/** Where two people must look because a fact could not be read; everywhere else one must. */
type TwoPeople = 'everywhere' | 'where pods leave a node' | 'in production';

/** What a fact from a list of another version is read as, with its own name in the reason. */
const anotherFact = 'another fact';

/**
 * Every fact that may be missing from a look, as cards name it. For `everywhere` it may hide an outage that users see, or
 * that the API server itself depends on the pods: known, it could ask for two people, so not known it does. For pods that
 * leave a node it could have been a block.
 */
const unknownFacts = [
  { name: 'pods', twoPeople: 'everywhere' },
  { name: 'services', twoPeople: 'everywhere' },
  { name: 'endpoint slices', twoPeople: 'everywhere' },
  { name: 'ingresses', twoPeople: 'everywhere' },
  { name: 'HTTP routes', twoPeople: 'everywhere' },
  { name: 'gRPC routes', twoPeople: 'everywhere' },
  { name: 'TLS routes', twoPeople: 'everywhere' },
  { name: 'virtual services', twoPeople: 'everywhere' },
  { name: 'Knative routes', twoPeople: 'everywhere' },
  { name: 'validating webhooks', twoPeople: 'everywhere' },
  { name: 'mutating webhooks', twoPeople: 'everywhere' },
  { name: 'API services', twoPeople: 'everywhere' },
  { name: 'custom resource definitions', twoPeople: 'everywhere' },
  { name: anotherFact, twoPeople: 'everywhere' },
  { name: 'other nodes', twoPeople: 'where pods leave a node' },
  { name: 'pods on the node', twoPeople: 'where pods leave a node' },
  { name: 'pods of the cluster', twoPeople: 'where pods leave a node' },
  { name: 'pod disruption budgets', twoPeople: 'where pods leave a node' },
  { name: 'daemon sets', twoPeople: 'where pods leave a node' },
  { name: 'autoscaler', twoPeople: 'in production' },
  { name: 'scaled objects', twoPeople: 'in production' },
  { name: 'vertical autoscalers', twoPeople: 'in production' },
  { name: 'controller', twoPeople: 'in production' },
  { name: 'selector of the controller', twoPeople: 'in production' },
  { name: 'label selectors', twoPeople: 'in production' },
  { name: 'owner', twoPeople: 'in production' },
  { name: 'revisions', twoPeople: 'in production' },
  { name: 'jobs', twoPeople: 'in production' },
  { name: 'name of the new Job', twoPeople: 'in production' },
  { name: 'namespace labels', twoPeople: 'in production' },
  { name: 'resource quotas', twoPeople: 'in production' },
  { name: 'leases', twoPeople: 'in production' },
  { name: 'node of the pod', twoPeople: 'everywhere' },
  { name: 'warning events', twoPeople: 'in production' },
  { name: 'zones of the nodes', twoPeople: 'in production' },
  { name: 'nodes', twoPeople: 'in production' },
  { name: 'pods on the nodes', twoPeople: 'in production' },
  { name: 'volume claims', twoPeople: 'in production' },
  { name: 'volumes', twoPeople: 'in production' },
  { name: 'storage classes', twoPeople: 'in production' },
  { name: 'labels of the namespaces', twoPeople: 'in production' },
  { name: 'place of the pods', twoPeople: 'in production' },
] as const satisfies readonly { readonly name: string; readonly twoPeople: TwoPeople }[];

const factName = z.enum(unknownFacts.map(({ name }) => name));
export type FactName = z.infer<typeof factName>;

export interface UnknownFact {
  readonly fact: FactName;
  readonly reason: string;
}

/** One fact that could not be read. It raises the tier and is named on the card; it never counts as zero. */
export const unknownFact = z
  .strictObject({ fact: z.string(), reason: z.string() })
  .transform(({ fact, reason }): UnknownFact => {
    const known = factName.safeParse(fact);
    return known.success ? { fact: known.data, reason } : { fact: anotherFact, reason: `${fact}: ${reason}` };
  });

const twoPeople: ReadonlyMap<FactName, TwoPeople> = new Map(
  unknownFacts.map((each) => [each.name, each.twoPeople]),
);

/** Whether two people must look because a fact is not known, outside production too. */
export function needsTwoPeople(fact: FactName, podsLeaveNode: boolean): boolean {
  const where = twoPeople.get(fact);
  return where === 'everywhere' || (where === 'where pods leave a node' && podsLeaveNode);
}

import { z } from 'zod';
import { labelName } from '../action.ts';
import type { Facts } from '../facts/facts.ts';
import { clusterName } from './clusters.ts';
import { type Environment, environmentsOf } from './environment.ts';
import { groupId } from './people.ts';

/** The annotation of an object, or of its namespace, that names the Slack user group that approves changes of it. */
export const approversAnnotation = 'firebreak.dev/approvers';

/** Where the annotation is believed, and which groups it may choose from: whoever may write to the object chooses. */
export const annotatedApprovers = z
  .strictObject({
    /** In this one of several clusters; absent: in all of them. */
    cluster: clusterName.optional(),
    namespaces: z.array(labelName).min(1).optional(),
    /** By the policy's `environments`. */
    environments: z.array(labelName).min(1).optional(),
    groups: z.array(groupId).min(1),
  })
  .refine(({ namespaces, environments }) => namespaces !== undefined || environments !== undefined, {
    error: 'must name namespaces or environments; an annotation is believed nowhere else',
  });

/** The group that an annotation has chosen, and where it stands. */
export interface OwnersGroup {
  readonly group: string;
  /** `Deployment/web in shop`, or `Namespace/shop`. */
  readonly source: string;
}

interface Trusting {
  readonly annotatedApprovers: readonly z.infer<typeof annotatedApprovers>[];
  readonly environments: Readonly<Record<string, Environment>>;
}

/**
 * The group that the annotation of the object names, or else that of its namespace, where the policy believes it there and
 * lists the group; undefined in every other case: then the policy's own approvers decide.
 *
 * @param fullName of the object, as a sentence has it
 */
export function ownersGroup(
  { annotatedApprovers: trusted, environments }: Trusting,
  { cluster, identity, namespace, unknown }: Pick<Facts, 'cluster' | 'identity' | 'namespace' | 'unknown'>,
  fullName: string,
): OwnersGroup | undefined {
  if (trusted.length === 0 || namespace === undefined) return undefined;
  const own = identity.annotations[approversAnnotation];
  const group = own ?? namespace.approvers;
  if (group === undefined) return undefined;
  const labels = unknown.some(({ fact }) => fact === 'namespace labels') ? undefined : namespace.labels;
  const within = environmentsOf(environments, namespace.name, labels).filter(({ known }) => known);
  const isListed = trusted.some(
    ({ cluster: only = cluster, namespaces, environments: wanted, groups }) =>
      groups.includes(group) &&
      only === cluster &&
      (namespaces === undefined || namespaces.includes(namespace.name)) &&
      (wanted === undefined || within.some(({ name }) => wanted.includes(name))),
  );
  if (!isListed) return undefined;
  return { group, source: own === undefined ? `Namespace/${namespace.name}` : fullName };
}

/** Whether the policy lets an annotation choose this group anywhere in a cluster by now. */
export const isStillListed = (
  { annotatedApprovers: trusted }: Trusting,
  group: string,
  cluster: string,
): boolean =>
  trusted.some(({ cluster: only = cluster, groups }) => only === cluster && groups.includes(group));

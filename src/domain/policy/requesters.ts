import type { Membership } from './environment.ts';
import type { Requesters } from './people.ts';
import type { Policy } from './policy.ts';

/** Those whom a policy lets ask; undefined is every full member, from anywhere. */
export type Askers = Requesters | undefined;

/**
 * Who may ask for a change in a namespace of these environments: the first that names requesters decides, else the
 * policy's own. One answer, or several where it hangs on labels that are not known: then any of them may be the right one.
 */
export function askersIn(
  { requesters }: Pick<Policy, 'requesters'>,
  memberships: readonly Membership[],
): readonly [Askers, ...Askers[]] {
  const possible: Requesters[] = [];
  for (const { environment, known } of memberships) {
    if (environment.requesters === undefined) continue;
    possible.push(environment.requesters);
    if (known) break;
  }
  const [first, ...others] = possible;
  const decided = memberships.some(({ environment, known }) => known && environment.requesters !== undefined);
  if (first === undefined) return [requesters];
  return decided ? [first, ...others] : [first, ...others, requesters];
}

/** True when everybody whom the policy lets ask anything may ask everything, so that nothing is to be kept from them. */
export function letsAllAskAll({
  requesters,
  environments,
  clusters = {},
}: Pick<Policy, 'requesters' | 'environments'> & Partial<Pick<Policy, 'clusters'>>): boolean {
  const own = [...Object.values(environments), ...Object.values(clusters)];
  return isOpen(requesters) && own.every((each) => isOpen(each.requesters));
}

/** Whether every full member is among them. */
const isOpen = (askers: Askers): boolean => askers?.users === undefined && askers?.groups === undefined;

/** Everybody whom the policy lets ask or approve anything anywhere: whoever is not among them has no business here. */
export function everybodyConcerned({
  requesters,
  environments,
  approvers,
  clusters = {},
  annotatedApprovers = [],
}: Pick<Policy, 'requesters'> & Approving): Askers {
  const own = [...Object.values(environments), ...Object.values(clusters)];
  const askers = [requesters, ...own.flatMap((each) => each.requesters ?? [])];
  if (askers.some(isOpen)) return undefined;
  return together([...askers, ...approversIn({ environments, approvers, clusters, annotatedApprovers })]);
}

/** Everybody whom the policy lets approve anything anywhere. */
export const everyApprover = (policy: Approving): Named => together(approversIn(policy));

type Approving = Pick<Policy, 'environments' | 'approvers'> &
  Partial<Pick<Policy, 'clusters' | 'annotatedApprovers'>>;

interface Named {
  readonly users: string[];
  readonly groups: string[];
}

function approversIn({ environments, approvers, clusters = {}, annotatedApprovers = [] }: Approving) {
  const own = [...Object.values(environments), ...Object.values(clusters)];
  const tiers = [approvers, ...own.flatMap((each) => each.approvers ?? [])];
  const named = tiers.flatMap(({ human, dual }) => [human ?? [], dual ?? [], dual?.separate ?? []].flat());
  return [...named, ...annotatedApprovers.map(({ groups }) => ({ groups }))];
}

const together = (
  all: readonly (
    | { readonly users?: string[] | undefined; readonly groups?: string[] | undefined }
    | undefined
  )[],
): Named => ({
  users: [...new Set(all.flatMap((each) => each?.users ?? []))],
  groups: [...new Set(all.flatMap((each) => each?.groups ?? []))],
});

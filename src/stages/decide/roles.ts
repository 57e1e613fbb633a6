import type { Approval } from '../../domain/approval.ts';

/** True when each role can be given to another of these people. There are two roles. */
export function fills(roles: readonly string[], votes: readonly Approval[]): boolean {
  return votes.length >= roles.length && assignment(roles, votes) !== undefined;
}

/**
 * The role that is still without a person when these have approved; undefined when none is or when either of two
 * may come next. `no assignment`: these people cannot have different roles.
 */
export function lackingRole(
  roles: readonly string[],
  votes: readonly Approval[],
): string | undefined | 'no assignment' {
  const open = assignment(roles, votes);
  if (open === undefined) return 'no assignment';
  return open.length === 1 ? open[0] : undefined;
}

/** The roles that may be the open ones when each person has taken one of theirs; undefined when they cannot. */
function assignment(roles: readonly string[], votes: readonly Approval[]): readonly string[] | undefined {
  const [first, ...rest] = votes;
  if (first === undefined) return roles;
  const ways = roles
    .filter((role) => first.roles?.includes(role) === true)
    .map((role) =>
      assignment(
        roles.filter((other) => other !== role),
        rest,
      ),
    )
    .filter((open) => open !== undefined);
  return ways.length === 0 ? undefined : [...new Set(ways.flat())];
}

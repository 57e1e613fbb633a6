import { describeTarget, type Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { ClaimName, ClaimStanding } from '../../domain/incidents/claim.ts';
import { redact } from '../../domain/text/redact.ts';
import { claimText, standingOfClaim } from '../../stages/intake/claims.ts';
import type { WorkflowContext } from '../context.ts';
import { gatherMembers } from '../lifecycle/members.ts';

/**
 * How a playbook's claim stands on what the cluster says now, in a sentence for people.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function claimOn(
  context: Pick<WorkflowContext, 'cluster'>,
  { claim, action }: { readonly claim: ClaimName; readonly action: Request },
  signal: AbortSignal,
): Promise<ClaimStanding> {
  const gathered = await gatherMembers(context.cluster, action, signal);
  if (gathered.kind !== 'members') return { kind: 'holds', sentence: redact(gathered.reason) };
  return claimOf(claim, gathered.members);
}

/** The same on facts that were gathered. Of several objects it is enough that it is so of one. */
export function claimOf(claim: ClaimName, members: readonly Case[]): ClaimStanding {
  const standings = members.map((member) => {
    const { kind, sentence } = standingOfClaim(claim, member.facts);
    const target = describeTarget(member.action.target);
    const said = `The alert says of ${target} that ${claimText(claim)}.`;
    const what = { holds: '', broken: ' It is not so: ', unknown: ' Whether it is so could not be seen: ' };
    return { kind, sentence: `${said}${kind === 'holds' ? ' ' : what[kind]}${sentence}` };
  });
  const chosen =
    standings.find(({ kind }) => kind === 'holds') ??
    standings.find(({ kind }) => kind === 'unknown') ??
    standings[0];
  return chosen ?? { kind: 'unknown', sentence: 'There is nothing to look at.' };
}

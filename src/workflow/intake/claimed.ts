import { describeTarget, type Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import { nothingAsked } from '../../domain/circumstances.ts';
import type { ClaimStanding, PlaybookClaim } from '../../domain/incidents/claim.ts';
import { redact } from '../../domain/text/redact.ts';
import { expressionInputOf } from '../../stages/evaluate/expression-input.ts';
import { membershipsOf, productionOf } from '../../stages/evaluate/whereabouts.ts';
import { claimText, standingOfAnswer, standingOfClaim } from '../../stages/intake/claims.ts';
import type { WorkflowContext } from '../context.ts';
import { gatherMembers } from '../lifecycle/members.ts';
import type { Cluster, Gathered } from '../ports.ts';

/** What is asked for the answer: the expressions of playbooks are compiled with them. */
type Asking = Pick<WorkflowContext, 'playbooks' | 'policy'>;

/** How it stands, or why nothing can be looked at: then nobody may say that it is so. */
type Claimed =
  | ClaimStanding
  | { readonly kind: Exclude<Gathered, { kind: 'facts' }>['kind']; readonly sentence: string };

/**
 * How a playbook's claim stands on what the cluster says now, in a sentence for people.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function claimOn(
  context: Asking & { readonly cluster: Pick<Cluster, 'gather' | 'select'> },
  { claim, action }: { readonly claim: PlaybookClaim; readonly action: Request },
  signal: AbortSignal,
): Promise<Claimed> {
  const gathered = await gatherMembers(context.cluster, action, signal);
  if (gathered.kind !== 'members') return { kind: gathered.kind, sentence: redact(gathered.reason) };
  return claimOf(context, claim, gathered.members);
}

/** The same on facts that were gathered. Of several objects it is enough that it is so of one. */
export function claimOf(context: Asking, claim: PlaybookClaim, members: readonly Case[]): ClaimStanding {
  const standings = members.map((member) => {
    const { kind, sentence } =
      typeof claim === 'string'
        ? standingOfClaim(claim, member.facts)
        : standingOfOwn(context, claim.when, member);
    const target = describeTarget(member.action.target);
    const said = `The claim about ${target} is that ${claimText(claim)}.`;
    const what = { holds: '', broken: ' It is not so: ', unknown: ' Whether it is so could not be seen: ' };
    return { kind, sentence: `${said}${kind === 'holds' ? ' ' : what[kind]}${sentence}` };
  });
  const chosen =
    standings.find(({ kind }) => kind === 'holds') ??
    standings.find(({ kind }) => kind === 'unknown') ??
    standings[0];
  return chosen ?? { kind: 'unknown', sentence: 'There is nothing to look at.' };
}

/**
 * An expression that asks for what is not there does not hold: of what is not known nothing is believed. One that no playbook
 * has any more was changed since it was proposed.
 */
function standingOfOwn({ playbooks, policy }: Asking, when: string, { action, facts }: Case): ClaimStanding {
  const ask = playbooks()
    .map(({ expressions }) => expressions?.claim.get(when))
    .find((found) => found !== undefined);
  if (ask === undefined) return standingOfAnswer(when, 'no playbook claims it any more');
  const rules = policy();
  const memberships = membershipsOf(action, facts, rules);
  const production = productionOf(action, rules, memberships);
  try {
    const held = ask(
      expressionInputOf({
        action,
        facts,
        policy: rules,
        circumstances: nothingAsked,
        production,
        memberships,
      }),
    );
    return standingOfAnswer(when, typeof held === 'boolean' ? held : 'it says neither true nor false');
  } catch (fault) {
    const [first = 'it fails'] = (fault instanceof Error ? fault.message : String(fault)).split('\n');
    return standingOfAnswer(when, redact(first));
  }
}

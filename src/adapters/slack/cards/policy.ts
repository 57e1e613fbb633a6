import { plural } from '../../../actions/obstacle.ts';
import { type PolicyProposal, policyApprovals, trustedText } from '../../../domain/policy/proposal.ts';
import { actions, context, header, limits, paragraph, type Rendered } from '../blocks.ts';
import { clamp, listed, md, person } from '../text.ts';
import { policyButtons } from './buttons.ts';

const heads = {
  open: 'Change the policy?',
  approved: 'Approved: change the policy',
  rejected: 'Rejected: the policy stays',
  withdrawn: 'Withdrawn: the policy stays',
} as const satisfies Record<PolicyProposal['state'], string>;

/** What trust speaks for, with its evidence; while it is open with its buttons. */
export function policyCard(proposal: PolicyProposal): Rendered {
  const { state, playbook, environment, evidence, votes, why } = proposal;
  const { samples, successes, lowerBound, minimum, lasted } = evidence;
  const head = `${heads[state]} (proposal ${proposal.number})`;
  const sentence = `It would ${trustedText({ playbook, environment })}: its outcomes speak for that.`;
  const because = `${successes} of ${plural(samples, 'outcome')} there lasted. That is a trust of ${lowerBound.toFixed(2)} (the lower end of a 95 % interval, older outcomes counting less); the policy asks for ${minimum}.`;
  const approving = votes
    .filter(({ decision }) => decision === 'approve')
    .map(({ userId }) => person(userId));
  return {
    text: clamp(`${head}. ${sentence}`, limits.fallback),
    blocks: [
      header(head),
      paragraph(why === undefined ? sentence : `${sentence} ${why}`),
      paragraph(because),
      context([
        ...(lasted.length === 0
          ? []
          : [md`Lasted: ${lasted.length === 1 ? 'remediation' : 'remediations'} ${lasted.join(', ')}`]),
        ...(approving.length === 0 ? [] : [md`Approved by ${listed(approving)}`]),
        ...(state === 'open'
          ? [
              md`${policyApprovals} people must agree. Then the change of the file is posted here; nothing is changed by itself.`,
            ]
          : []),
      ]),
      ...(state === 'open' ? [actions(policyButtons(proposal))] : []),
    ],
  };
}

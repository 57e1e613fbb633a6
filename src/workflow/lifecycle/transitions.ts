import { printAction } from '../../actions/print.ts';
import type { Earned } from '../../domain/incidents/outcome.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Remediation } from '../../domain/remediation.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { environmentNameOf } from '../../stages/evaluate/whereabouts.ts';
import type { SideEffect } from '../ports.ts';
import type { Proposal } from '../proposal.ts';

/** What an event is judged with: the time, the policy, and how long verification waits before its first look. */
export interface Moment {
  readonly now: string;
  readonly policy: Policy;
}

/** Every move raises the version by one and says when. */
export const bump = (row: Remediation, now: string) => ({ version: row.version + 1, updatedAt: now });

/** The end of the line in automation_operation_log. */
export const logEnd = (
  row: Remediation,
  outcome: 'no_action' | 'succeeded' | 'failed',
  detail: string,
  stderr?: string,
): SideEffect => ({
  kind: 'log',
  entry: {
    kind: 'ended',
    command: printAction(row.action),
    outcome,
    detail,
    ...(stderr === undefined ? {} : { stderr }),
  },
});

/** The verdict goes to the incident's evidence and to the trust of the playbook that asked, if one did. */
export const judgedAs = (row: Remediation, verdict: Verdict, policy: Policy): SideEffect => ({
  kind: 'verdict',
  verdict,
  ...earnedBy(row, policy),
});

/** Whose trust a remediation moves: that of the playbook that asked, where it acted; nobody's where a person asked. */
export function earnedBy(row: Remediation, policy: Policy): Earned | undefined {
  const { requestedBy, action } = row;
  const facts = 'facts' in row ? row.facts : undefined;
  if (requestedBy.kind !== 'playbook' || facts === undefined) return undefined;
  const { playbook, digest } = requestedBy;
  return {
    playbook,
    environment: environmentNameOf(action, facts, policy),
    ...(digest === undefined ? {} : { digest }),
  };
}

type ReplyParts = {
  headline: string;
  body?: string;
  preformatted?: string;
  by?: string;
  to?: Extract<SideEffect, { kind: 'reply' }>['notice']['to'];
  broadcast?: boolean;
};

/** An answer in the thread, once for this move. */
export const reply = (row: Remediation, what: string, parts: ReplyParts): SideEffect => ({
  kind: 'reply',
  key: `reply:${row.id}:${row.version + 1}:${what}`,
  notice: { kind: 'reply', broadcast: false, ...parts },
});

/** Remediations that are opened in the same incident, in the same commit. */
export const proposing = (proposals: readonly Proposal[]): SideEffect[] =>
  proposals.map((proposal) => ({ kind: 'propose', proposal }));

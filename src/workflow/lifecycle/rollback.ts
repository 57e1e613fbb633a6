import type { Action } from '../../domain/action.ts';
import { targetKey } from '../../domain/action.ts';
import type { CallResult } from '../../domain/plan.ts';
import { planParts, type RemediationIn } from '../../domain/remediation.ts';
import type { WorkflowContext } from '../context.ts';
import type { Proposal } from '../proposal.ts';

/**
 * The rollbacks that are offered after a change that did not work: one for each object that has one. A rollback that
 * did not work is not rolled back again: from there on people decide.
 */
export function rollbackOffers(
  context: WorkflowContext,
  row: RemediationIn<'learning'>,
): readonly Proposal[] {
  if (row.verdict.result !== 'not_verified') return [];
  return offers(context, row, `Remediation ${row.number} did not work: ${row.verdict.sentence}`, () => true);
}

/** The same for a change that stopped half-way: only what was done has to be taken back. */
export function halfWayOffers(
  context: WorkflowContext,
  row: RemediationIn<'executing'>,
  answered: readonly CallResult[],
  reason: string,
): readonly Proposal[] {
  const done = new Set(
    planParts(row, answered)
      .filter(({ results }) => results.length > 0)
      .map(({ action }) => targetKey(row.cluster, action.target)),
  );
  const begun = (action: Action) => done.has(targetKey(row.cluster, action.target));
  return offers(context, row, `Remediation ${row.number} stopped half-way: ${reason}`, begun);
}

function offers(
  context: WorkflowContext,
  row: RemediationIn<'learning' | 'executing'>,
  reason: string,
  wanted: (action: Action) => boolean,
): readonly Proposal[] {
  const { rollbackPlan } = row.spec;
  if (rollbackPlan.kind === 'none' || row.requestedBy.kind === 'rollback') return [];
  const actions = rollbackPlan.kind === 'action' ? [rollbackPlan.action] : rollbackPlan.actions;
  return actions.filter(wanted).map((action) => ({
    id: context.newId(),
    action,
    requestedBy: { kind: 'rollback', of: row.id, ofNumber: row.number },
    reason,
  }));
}

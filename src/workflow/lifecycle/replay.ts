import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { membersOf, type Remediation } from '../../domain/remediation.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { asJson, leafChanges } from '../../domain/text/json.ts';
import { evaluateRequest } from '../../stages/evaluate/request.ts';
import { localTimes, takenBackBy } from './circumstances.ts';

/** A stored verdict beside the one that today's code and a policy give on the same facts at the same time. */
export interface JudgedAgain {
  readonly row: Remediation;
  readonly before: DeclarativeSpec;
  readonly after: DeclarativeSpec;
}

/**
 * Judges a stored case again; undefined when it never was judged. What was spent of budgets at the time is only known
 * where it was asked then: elsewhere they are left out, rather than taken as spent.
 */
export function judgeAgain(row: Remediation, policy: Policy): JudgedAgain | undefined {
  if (!('facts' in row) || row.facts === undefined || row.spec === undefined) return undefined;
  const { spec, facts, circumstances } = row;
  const { budgets, ...rest } = policy;
  const { spec: after } = evaluateRequest({
    id: spec.id,
    now: spec.createdAt,
    request: row.action,
    members: asLookedAtThen(membersOf({ ...row, facts }), circumstances),
    policy: circumstances?.usage === undefined || budgets === undefined ? rest : policy,
    circumstances: { ...circumstances, ...takenBackBy(row), local: localTimes(policy, spec.createdAt) },
  });
  return { row, before: spec, after };
}

/** Before our own records were asked, a write counted as ours by its name, which anybody could give it. */
function asLookedAtThen(members: readonly Case[], circumstances: Circumstances | undefined): readonly Case[] {
  if (circumstances?.history !== undefined) return members;
  return members.map(({ action, facts }) => {
    const { neighbourhood } = facts;
    if (neighbourhood?.lastChange?.manager.startsWith('firebreak/') !== true) return { action, facts };
    const { lastChange: _, ...dependents } = neighbourhood;
    return { action, facts: { ...facts, neighbourhood: dependents } };
  });
}

/** Every leaf of the verdict that differs, without the identity. */
export function verdictChanges({ before, after }: JudgedAgain): string[] {
  return leafChanges(withoutLines(before), withoutLines(after));
}

function withoutLines({ lineItems, ...spec }: DeclarativeSpec) {
  return asJson({ ...spec, lineItems: Object.fromEntries(lineItems.map((item) => [item.sentence, item])) });
}

/** True when what was done turned out not to work. */
export function wentWrong(row: Remediation): boolean {
  const verdict = 'verdict' in row ? row.verdict : undefined;
  return verdict?.result === 'not_verified' || (row.state === 'failed' && row.stage !== 'evaluation');
}

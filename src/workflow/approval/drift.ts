import { isGroup } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import { type Difference, differenceText } from '../../domain/difference.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { membersOf, type RemediationIn } from '../../domain/remediation.ts';
import { type DeclarativeSpec, needsApproval } from '../../domain/spec.ts';
import { canonicalJson, type Json } from '../../domain/text/json.ts';
import { isStricter } from '../../domain/tier.ts';
import { bindingOfAll, evaluateRequest } from '../../stages/evaluate/request.ts';
import { boundTo } from '../../stages/locate/bound.ts';
import { conditionsText, type Judged } from '../lifecycle/conditions.ts';
import type { Sha256 } from '../ports.ts';
import { differences, isAnotherObject } from './differences.ts';

type Approved = RemediationIn<'approved'>;

/** What stands between an approval and its execution: the target is another, or the same is judged more strictly. */
export interface ApprovalDrift {
  readonly kind: 'target' | 'judgement' | 'condition';
  readonly sentence: string;
  /** The same, value by value, for a table; empty where no values can be named. */
  readonly differences: readonly Difference[];
}

/** What is different from what was approved; undefined if nothing that matters is. Pure. */
export function driftSince(
  row: Approved,
  seen: {
    readonly now: string;
    readonly policy: Policy;
    readonly members: readonly Case[];
    readonly circumstances: Circumstances;
  },
  sha256: Sha256,
): ApprovalDrift | undefined {
  const judged = evaluateRequest({ id: row.spec.id, request: row.action, ...seen });
  const { spec } = judged;
  const binding = bindingOfAll(judged, seen.members);
  if (sha256(canonicalJson(boundTo(binding, row.git, row.emergency))) !== row.digest) {
    const found = differences(approvedBinding(row, seen.policy), binding);
    return { kind: 'target', sentence: told(found), differences: found };
  }
  if (!isStricter(spec.tier, row.spec.tier)) return undefined;
  const before = `It was judged ${row.spec.tier} and would now be ${spec.tier}`;
  return {
    kind: 'judgement',
    sentence: `${before}: ${reasonsSince(row.spec, spec)}`,
    differences: [{ label: 'tier', approved: row.spec.tier, live: spec.tier }],
  };
}

/** What was bound to when it was judged; of several objects their own specs are worked out again. */
export function approvedBinding(
  row: Pick<Approved, 'action' | 'spec' | 'facts' | 'members' | 'circumstances'>,
  policy: Policy,
): Json {
  const { id, createdAt: now } = row.spec;
  const members = membersOf(row);
  const parts = isGroup(row.action)
    ? evaluateRequest({ id, now, request: row.action, members, policy, circumstances: row.circumstances })
        .parts
    : [row.spec];
  return bindingOfAll({ spec: row.spec, parts }, members);
}

/** Why the tier is another: the conditions that demand it, also one that held before and demands more now, else the score. */
function reasonsSince(before: DeclarativeSpec, now: DeclarativeSpec): string {
  if (now.blockedReason !== null) return now.blockedReason;
  const demands = now.lineItems.filter(({ term, counted }) => term === 'floor' && counted);
  if (demands.length === 0) return `the score went from ${before.score} to ${now.score}.`;
  return demands.map(({ sentence }) => sentence).join(' ');
}

/** The stored facts give the live binding and yet another digest: it was made by another version of the rules. */
const unexplained = 'What an approval binds to is worked out differently since the card was shown.';

/** One line for each difference. */
function told(found: readonly Difference[]): string {
  if (found.length === 0) return unexplained;
  return found.map((each) => (isAnotherObject(each) ? anotherObject(each) : differenceText(each))).join('\n');
}

const anotherObject = ({ object }: Difference): string =>
  `${object === undefined ? '' : `${object}: `}It is another object now: it was deleted and made again.`;

/** The same where conditions of the card do not hold any more: they are what counts, and are named first. */
export function withBroken(
  drift: ApprovalDrift | undefined,
  broken: readonly Judged<'broken'>[],
): ApprovalDrift | undefined {
  if (broken.length === 0) return drift;
  const found = broken.map(({ standing: { label, wanted, found: live } }) => ({
    label,
    approved: wanted,
    live,
  }));
  return {
    kind: 'condition',
    sentence: [conditionsText(broken), ...(drift === undefined ? [] : [drift.sentence])].join('\n'),
    differences: [...found, ...(drift?.differences ?? [])],
  };
}

/** The headline of it. Of a remediation that nobody voted on, no approval could carry over. */
export function supersededWords(row: Approved, { kind }: ApprovalDrift): string {
  return `${changeWords[kind]}, so ${needsApproval(row.spec) ? 'no approval carries over' : 'it is judged again'}.`;
}

const changeWords = {
  target: 'The target changed after the card was shown',
  judgement: 'This is judged more strictly now than when the card was shown',
  condition: 'A condition of the card does not hold any more',
} as const satisfies Record<ApprovalDrift['kind'], string>;

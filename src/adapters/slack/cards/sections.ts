import type { Constraint } from '../../../domain/constraints/constraint.ts';
import { conditionText } from '../../../domain/constraints/kinds.ts';
import type { DryRunResult } from '../../../domain/plan.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { DeclarativeSpec, LineItem, RollbackPlan } from '../../../domain/spec.ts';
import { mostTelling, weight } from '../../../domain/text/weight.ts';
import type { Tier } from '../../../domain/tier.ts';
import { code, lines, md, type SafeMrkdwn } from '../text.ts';

/** A tier in words. */
export const tierWords = {
  auto: 'runs by itself',
  human: 'one person must approve',
  dual: 'two people must approve',
  blocked: 'never runs',
} as const satisfies Record<Tier, string>;

const scoreLine = (item: LineItem): SafeMrkdwn => md`• *${weight(item)}* ${item.sentence}`;
const sourcedLine = (item: LineItem): SafeMrkdwn => md`${scoreLine(item)} · ${code(item.source)}`;

/**
 * Score, tier and the line items that made them. `whole` adds the items that others outweigh and the object each
 * was read from: that is for the details, the card shows what made the number.
 */
export function scoreText(spec: DeclarativeSpec, limit: number, whole: boolean): SafeMrkdwn {
  const items = spec.lineItems.filter((item) => whole || item.counted).sort(mostTelling);
  const head = md`*Risk ${spec.score} of 100, tier ${spec.tier}: ${tierWords[spec.tier]}*`;
  const told = items.length === 0 ? [md`• Nothing raises it.`] : items.map(whole ? sourcedLine : scoreLine);
  return lines([head, ...told], limit);
}

/** The conditions that are checked again when it runs, and which of them are watched from then on. */
export function constraintsText(constraints: readonly Constraint[], limit: number): SafeMrkdwn {
  const told = constraints.map((each) => md`• ${conditionText(each)}`);
  return lines([md`*Conditions, checked before each change*`, ...told], limit);
}

/** The sentence of a single action says what it does. */
export function rollbackText({ kind, sentence }: RollbackPlan): SafeMrkdwn {
  if (kind === 'action') return md`*Rollback:* ${sentence}`;
  return kind === 'none' ? md`*Rollback:* none. ${sentence}` : md`*Rollback:* one for each. ${sentence}`;
}

const dryRunWords = { accepted: 'accepted', refused: 'refused', skipped: 'not done' } as const;

/** What the API server said to the dry run, with its warnings. */
export function dryRunText(dryRun: DryRunResult, limit: number): SafeMrkdwn {
  const warnings = dryRun.kind === 'accepted' ? dryRun.warnings : [];
  const head = md`*Dry run:* ${dryRunWords[dryRun.kind]}. ${dryRun.sentence}`;
  return lines([head, ...warnings.map((warning) => md`• Warning of the API server: ${warning}`)], limit);
}

/** What was sent to the cluster, if anything was. */
export function resultsText(remediation: Remediation, limit: number): SafeMrkdwn | undefined {
  const results = 'results' in remediation ? (remediation.results ?? []) : [];
  if (results.length === 0) return undefined;
  const done = results.map(
    (result) => md`• ${result.sentence}${result.alreadyDone ? md` (found already done)` : md``}`,
  );
  return lines([md`*Changes made in the cluster*`, ...done], limit);
}

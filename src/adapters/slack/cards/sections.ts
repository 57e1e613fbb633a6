import type { DryRunResult } from '../../../domain/plan.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Constraint, DeclarativeSpec, LineItem, RollbackPlan } from '../../../domain/spec.ts';
import type { Tier } from '../../../domain/tier.ts';
import { phrase } from '../../../domain/wording/phrase.ts';
import { code, lines, md, type SafeMrkdwn } from '../text.ts';

/** A tier in words. */
export const tierWords = {
  auto: 'runs by itself',
  human: 'one person must agree',
  dual: 'two people must agree',
  blocked: 'never runs',
} as const satisfies Record<Tier, string>;

const signed = (points: number): string => (points < 0 ? String(points) : `+${points}`);

/** What one line of the score adds, in the unit of its term. */
function weight(item: LineItem): string {
  switch (item.term) {
    case 'environment':
      return `×${item.points}`;
    case 'floor':
      return `at least ${item.points}`;
    case 'block':
      return 'blocks';
    default:
      return item.counted ? signed(item.points) : `(${signed(item.points)}, outweighed)`;
  }
}

const scoreLine = (item: LineItem): SafeMrkdwn => md`• *${weight(item)}* ${item.sentence}`;
const sourcedLine = (item: LineItem): SafeMrkdwn => md`${scoreLine(item)} · ${code(item.source)}`;

/** A hard rule is told first, then what counts, then what is outweighed. */
const rank = (item: LineItem): number => (item.term === 'block' ? 2 : Number(item.counted));

/**
 * Score, tier and the line items that made them. `sources` adds the object each was read from, which the card
 * leaves to the details.
 */
export function scoreText(spec: DeclarativeSpec, limit: number, sources: boolean): SafeMrkdwn {
  const items = [...spec.lineItems].sort((a, b) => rank(b) - rank(a));
  const head = md`*Risk ${spec.score} of 100, tier ${spec.tier}: ${tierWords[spec.tier]}*`;
  const told = items.length === 0 ? [md`• Nothing raises it.`] : items.map(sources ? sourcedLine : scoreLine);
  return lines([head, ...told], limit);
}

/** The conditions that are checked again when it runs. */
export function constraintsText(constraints: readonly Constraint[], limit: number): SafeMrkdwn {
  return lines(
    [md`*Conditions, checked again before it runs*`, ...constraints.map(({ sentence }) => md`• ${sentence}`)],
    limit,
  );
}

export function rollbackText(plan: RollbackPlan): SafeMrkdwn {
  return plan.kind === 'none'
    ? md`*Way back:* none. ${plan.sentence}`
    : md`*Way back:* ${phrase(plan.action)}. ${plan.sentence}`;
}

const dryRunWords = { accepted: 'accepted', refused: 'refused', skipped: 'not done' } as const;

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
    (result) => md`• ${result.sentence}${result.alreadyDone ? ' (found already done)' : ''}`,
  );
  return lines([md`*Done in the cluster*`, ...done], limit);
}

import { z } from 'zod';
import { action, request } from './action.ts';
import { constraint } from './constraints/constraint.ts';
import { instant } from './facts/facts.ts';
import { json } from './text/json.ts';
import { approvalsRequired, type Tier, tier } from './tier.ts';

/**
 * One line of the score: how many points, the sentence with the numbers, and the object it was read from.
 * `terms` of a score: the largest of availability, data, controlPlane and irreversibility counts, breadth is
 * added, environment multiplies, floor raises the score to the tier a condition demands, block makes it 100.
 * `counted` is false for a line that a larger one of its kind outweighs: it is shown, but adds nothing.
 */
const lineItem = z.strictObject({
  rule: z.string(),
  term: z.enum([
    'availability',
    'data',
    'controlPlane',
    'irreversibility',
    'breadth',
    'environment',
    'floor',
    'block',
  ]),
  points: z.number(),
  counted: z.boolean(),
  sentence: z.string(),
  source: z.string(),
});
export type LineItem = z.infer<typeof lineItem>;

const sentence = z.string();

/** The rollback: another action of the closed set, judged again like any other, or an honest "there is none". */
const rollbackPlan = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('action'), action, sentence }),
  /** One for each of several objects that has one. */
  z.strictObject({ kind: z.literal('actions'), actions: z.array(action).min(1), sentence }),
  z.strictObject({ kind: z.literal('none'), sentence }),
]);
export type RollbackPlan = z.infer<typeof rollbackPlan>;

/** What the target will look like if the action works: the fields it sets, by path, and one sentence. */
const targetState = z.strictObject({ sentence, fields: z.record(z.string(), json) });

/**
 * The immutable outcome of evaluation. Eleven fields, and who approves where an annotation says so; what follows from them (isBlocked, needsApproval,
 * neededApprovals) is derived and never stored.
 */
export const declarativeSpec = z.strictObject({
  id: z.uuid(),
  createdAt: instant,
  action: request,
  targetState,
  /** 0 to 100. */
  score: z.number().int().min(0).max(100),
  tier,
  constraints: z.array(constraint),
  rollbackPlan,
  dryRunRequired: z.boolean(),
  /** The hard rule that blocks, in one sentence; null unless the tier is blocked. */
  blockedReason: z.string().nullable(),
  lineItems: z.array(lineItem),
  /** The owners' group that an annotation has chosen to approve, and whose annotation; absent where none has. */
  approvers: z.strictObject({ group: z.string(), source: z.string() }).optional(),
});
export type DeclarativeSpec = z.infer<typeof declarativeSpec>;

/** True when no approval can make it run. */
export function isBlocked(spec: { tier: Tier }): boolean {
  return spec.tier === 'blocked';
}

/** True when people must agree first. */
export function needsApproval(spec: { tier: Tier }): boolean {
  return neededApprovals(spec) > 0;
}

/** How many distinct people must agree: 0, 1 or 2; Infinity for blocked. */
export function neededApprovals(spec: { tier: Tier }): number {
  return spec.tier === 'blocked' ? Number.POSITIVE_INFINITY : approvalsRequired[spec.tier];
}

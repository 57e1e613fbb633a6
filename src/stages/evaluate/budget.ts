import { namespaceOf } from '../../domain/action.ts';
import type { Circumstances, Usage } from '../../domain/circumstances.ts';
import { shareSource, shareText, stormSource } from '../../domain/incidents/storm.ts';
import { type Budgets, type Scope, usualLimits } from '../../domain/policy/budget.ts';
import { tierOf } from '../../domain/tier.ts';
import { type Finding, floor, nothing, plural, type RuleInput, raise } from './rule.ts';

type Limited = keyof typeof usualLimits;

/** The budgets of one place: what may be used, what is, and how strictly. */
interface Spending {
  /** `the cluster`, `the namespace shop`. */
  readonly where: string;
  readonly limits: Readonly<Record<Limited, number | undefined>>;
  /** Undefined where it is not known. */
  readonly usage: Usage | undefined;
  readonly tier: Budgets['tier'];
  /** Where the policy says it: `policy.yaml: budgets.concurrent.cluster`. */
  readonly source: (limited: Limited) => string;
}

/**
 * What this score would spend beyond the budgets: the policy's, and the usual ones where it leaves one out. A usage that
 * is not known is spent; where nobody has asked for it, only what the policy itself demands is.
 */
export function overBudget(input: RuleInput, score: number): readonly Finding[] {
  const { policy, circumstances } = input;
  if (policy.budgets === undefined && circumstances.usage === undefined) return nothing;
  return [...inStorm(input, score), ...overLimits(input, score)];
}

/** In a storm nothing runs by itself: whoever is asked sees all of it in one message. */
function inStorm({ circumstances: { usage } }: RuleInput, score: number): readonly Finding[] {
  if (usage === undefined || 'unknown' in usage || usage.storm === undefined) return nothing;
  if (tierOf(score) !== 'auto') return nothing;
  const { since, incidents, share, cluster } = usage.storm;
  const where = cluster === undefined ? '' : ` in cluster ${cluster}`;
  const what =
    share === undefined ? `of ${plural(incidents, 'incident')}` : `with ${shareText(share)}${where}`;
  const sentence = `A storm ${what} since ${since.slice(11, 16)} UTC: nothing runs by itself until it is over.`;
  return [floor('human', sentence, share === undefined ? stormSource : shareSource)];
}

function overLimits({ action, policy, circumstances }: RuleInput, score: number): readonly Finding[] {
  const namespace = namespaceOf(action.target);
  const scopes: readonly Scope[] = namespace === undefined ? ['cluster'] : ['cluster', 'namespace'];
  return scopes.flatMap((scope) => {
    const where = scope === 'cluster' ? 'the cluster' : `the namespace ${namespace}`;
    const spending = spendingOf(policy.budgets, circumstances.usage, scope, where);
    return [
      ...scoreSpent(spending, score),
      ...tooMany(spending),
      ...tooManyAlone(spending, score),
      ...tooManyFailed(spending, score),
    ];
  });
}

function spendingOf(
  budgets: Budgets | undefined,
  usage: Circumstances['usage'],
  scope: Scope,
  where: string,
): Spending {
  const isAsked = usage !== undefined && ('unknown' in usage || usage[scope] !== undefined);
  const limitOf = (limited: Limited) =>
    budgets?.[limited][scope] ?? (isAsked ? usualLimits[limited][scope] : undefined);
  return {
    where,
    limits: {
      scorePerHour: limitOf('scorePerHour'),
      concurrent: limitOf('concurrent'),
      automaticPerHour: limitOf('automaticPerHour'),
      failuresInARow: limitOf('failuresInARow'),
    },
    usage: usage === undefined || 'unknown' in usage ? undefined : usage[scope],
    tier: budgets?.tier ?? 'human',
    source: (limited) => `policy.yaml: budgets.${limited}.${scope}`,
  };
}

function scoreSpent({ limits, usage, where, tier, source }: Spending, score: number): readonly Finding[] {
  const limit = limits.scorePerHour;
  if (limit === undefined || (usage !== undefined && usage.score + score <= limit)) return nothing;
  const sentence =
    usage === undefined
      ? `Not known: how much of the blast budget of ${where} is spent.`
      : `The blast budget of ${where} is spent: ${usage.score} of ${plural(limit, 'point')} in the last hour, and this adds ${score}.`;
  return [raise(tier, sentence, source('scorePerHour'))];
}

function tooMany({ limits, usage, where, tier, source }: Spending): readonly Finding[] {
  const limit = limits.concurrent;
  if (limit === undefined || (usage !== undefined && usage.running < limit)) return nothing;
  const sentence =
    usage === undefined
      ? `Not known: how many remediations are running in ${where}.`
      : `${plural(usage.running, 'remediation')} ${usage.running === 1 ? 'is' : 'are'} running in ${where}, of ${limit} at a time.`;
  return [raise(tier, sentence, source('concurrent'))];
}

/** Only what would run by itself is one too many: whoever is asked decides. */
function tooManyAlone({ limits, usage, where, source }: Spending, score: number): readonly Finding[] {
  const limit = limits.automaticPerHour;
  if (limit === undefined || tierOf(score) !== 'auto') return nothing;
  // Older rows have not counted it.
  if (usage !== undefined && (usage.automatic ?? 0) < limit) return nothing;
  const sentence =
    usage === undefined
      ? `Not known: how many remediations ran by themselves in ${where} in the last hour.`
      : `${plural(usage.automatic ?? 0, 'remediation')} of the last hour ran in ${where} without anybody being asked, of ${limit}.`;
  return [floor('human', sentence, source('automaticPerHour'))];
}

/** The same: what goes wrong again and again is not left to itself. That it is not known is said of what ran by itself. */
function tooManyFailed({ limits, usage, where, source }: Spending, score: number): readonly Finding[] {
  const limit = limits.failuresInARow;
  const failed = usage?.failedInARow ?? 0;
  if (limit === undefined || failed < limit || tierOf(score) !== 'auto') return nothing;
  const sentence = `The last ${plural(failed, 'remediation')} that ran in ${where} without anybody being asked failed or did not help. Nothing runs there by itself within the hour.`;
  return [floor('human', sentence, source('failuresInARow'))];
}

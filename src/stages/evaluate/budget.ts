import { namespaceOf } from '../../domain/action.ts';
import type { Usage } from '../../domain/circumstances.ts';
import type { Budgets } from '../../domain/policy/budget.ts';
import { type Finding, nothing, plural, type RuleInput, raise } from './rule.ts';

type Scope = keyof Budgets['concurrent'];

/** What this score would spend beyond the policy's budgets. A usage that is not known is spent. */
export function overBudget({ action, policy, circumstances }: RuleInput, score: number): readonly Finding[] {
  const { budgets } = policy;
  if (budgets === undefined) return nothing;
  const namespace = namespaceOf(action.target);
  const scopes: readonly Scope[] = namespace === undefined ? ['cluster'] : ['cluster', 'namespace'];
  return scopes.flatMap((scope) => {
    const where = scope === 'cluster' ? 'the cluster' : `the namespace ${namespace}`;
    const usage = circumstances.usage?.[scope];
    return [...scoreSpent(budgets, scope, where, usage, score), ...tooMany(budgets, scope, where, usage)];
  });
}

function scoreSpent(
  { scorePerHour, tier }: Budgets,
  scope: Scope,
  where: string,
  usage: Usage | undefined,
  score: number,
): readonly Finding[] {
  const limit = scorePerHour[scope];
  if (limit === undefined || (usage !== undefined && usage.score + score <= limit)) return nothing;
  const sentence =
    usage === undefined
      ? `Not known: how much of the blast budget of ${where} is spent.`
      : `The blast budget of ${where} is spent: ${usage.score} of ${plural(limit, 'point')} in the last hour, and this adds ${score}.`;
  return [raise(tier, sentence, `policy.yaml: budgets.scorePerHour.${scope}`)];
}

function tooMany(
  { concurrent, tier }: Budgets,
  scope: Scope,
  where: string,
  usage: Usage | undefined,
): readonly Finding[] {
  const limit = concurrent[scope];
  if (limit === undefined || (usage !== undefined && usage.running < limit)) return nothing;
  const sentence =
    usage === undefined
      ? `Not known: how many remediations are running in ${where}.`
      : `${plural(usage.running, 'remediation')} ${usage.running === 1 ? 'is' : 'are'} running in ${where}, of ${limit} at a time.`;
  return [raise(tier, sentence, `policy.yaml: budgets.concurrent.${scope}`)];
}

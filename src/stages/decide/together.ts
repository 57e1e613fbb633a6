import type { Chosen, Spent, SpentBy, Together } from '../../domain/incidents/together.ts';
import { leftOutText } from '../../domain/incidents/together.ts';
import { type Budgets, type Scope, usualLimits } from '../../domain/policy/budget.ts';

const refused = (sentence: string): Together => ({ kind: 'refused', sentence });

/**
 * What one approval of several proposals comes to. They are of one playbook, because one look at one kind of change is what an
 * approval of many can stand for; what cannot be approved by this person now is left out by name; and what they add up to
 * stays within the blast budget, which for each of them alone only asks for people: here people are asked once for all.
 */
export function judgeTogether(
  chosen: readonly Chosen[],
  { budgets, spent }: { readonly budgets: Budgets | undefined; readonly spent: SpentBy },
): Together {
  if (chosen.length === 0) return refused('Choose what to approve first.');
  const included = chosen.filter(({ comes }) => typeof comes === 'string');
  const leftOut = chosen.filter(({ comes }) => typeof comes !== 'string');
  if (included.length === 0) return refused(`Nothing of it can be approved now: ${reasons(leftOut)}`);
  const playbooks = [...new Set(included.map(({ playbook }) => playbook ?? 'none'))];
  const [playbook = ''] = playbooks;
  if (playbooks.length > 1)
    return refused(
      `One approval runs one playbook. These are of ${playbooks.join(' and ')}: choose those of one.`,
    );
  const beyond = beyondBudget(included, { budgets, spent });
  if (beyond !== undefined) return refused(`${beyond} Choose fewer.`);
  return { kind: 'list', playbook, included, leftOut, adds: sumOf(included) };
}

/** Each by its number, with why it is left out. */
const reasons = (all: readonly Chosen[]): string => all.map(leftOutText).join(' ');

const sumOf = (all: readonly Chosen[]): number => all.reduce((sum, { score }) => sum + score, 0);

const nothingSpent: Spent = { score: 0, running: 0 };

function beyondBudget(
  included: readonly Chosen[],
  { budgets, spent }: { readonly budgets: Budgets | undefined; readonly spent: SpentBy },
): string | undefined {
  const limitsOf = (scope: Scope) => ({
    score: budgets?.scorePerHour[scope] ?? usualLimits.scorePerHour[scope],
    running: budgets?.concurrent[scope] ?? usualLimits.concurrent[scope],
  });
  const places = [
    { where: 'the cluster', limits: limitsOf('cluster'), before: spent.cluster, added: included },
    ...[...Map.groupBy(included, ({ namespace }) => namespace)].flatMap(([namespace, added]) =>
      namespace === undefined
        ? []
        : [
            {
              where: `the namespace ${namespace}`,
              limits: limitsOf('namespace'),
              before: spent.namespaces.get(namespace) ?? nothingSpent,
              added,
            },
          ],
    ),
  ];
  return places.map(tooMuch).find((found) => found !== undefined);
}

interface Place {
  readonly where: string;
  readonly limits: Spent;
  readonly before: Spent;
  readonly added: readonly Chosen[];
}

function tooMuch({ where, limits, before, added }: Place): string | undefined {
  const adds = sumOf(added);
  if (before.score + adds > limits.score)
    return `Beyond the blast budget of ${where}: ${before.score} of ${limits.score} points are spent in the last hour, and these ${added.length} add ${adds}.`;
  const runs = added.filter(({ comes }) => comes === 'runs').length;
  if (before.running + runs > limits.running)
    return `Beyond what may run at a time in ${where}: ${before.running} of ${limits.running} run or are about to, and these add ${runs}.`;
  return undefined;
}

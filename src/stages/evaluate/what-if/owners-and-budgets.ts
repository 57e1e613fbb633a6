import { managerNames } from '../../../domain/facts/git-ops.ts';
import { type Family, ladder, onDependents, onFacts } from './situation.ts';

export const ownedHere: Family = ({ facts: { gitOps } }) => {
  if (gitOps === undefined) return [];
  const change = onFacts(({ gitOps: _, ...facts }) => facts);
  return [{ say: `not managed by ${managerNames[gitOps.manager]} (${gitOps.name})`, change }];
};

export const uncontrolled: Family = ({ facts: { owner } }) => {
  if (owner === undefined) return [];
  const change = onFacts(({ owner: _, ...facts }) => facts);
  return [{ say: `not controlled by ${owner.kind}/${owner.name}`, change }];
};

export const quietField: Family = ({ facts: { neighbourhood } }) => {
  if (neighbourhood?.lastChange === undefined) return [];
  const { manager, field } = neighbourhood.lastChange;
  const change = onDependents(({ lastChange: _, ...dependents }) => dependents);
  return [{ say: `${field} not just changed by ${manager}`, change }];
};

export const roomInBudget: Family = ({ facts: { neighbourhood } }) => {
  const budgets = neighbourhood?.budgets ?? [];
  const [first] = budgets;
  if (first === undefined || budgets.length > 1) return [];
  return ladder
    .filter((count) => count > first.allowed)
    .map((count) => ({
      say: `PodDisruptionBudget/${first.name} allowing ${count} instead of ${first.allowed}`,
      change: onDependents((dependents) => ({
        ...dependents,
        budgets: dependents.budgets.map(({ stuck: _stuck, ...each }) => ({
          ...each,
          allowed: Math.max(each.allowed, count),
        })),
      })),
    }));
};

export const noLeader: Family = ({ facts: { neighbourhood } }) => {
  const leases = neighbourhood?.leases ?? [];
  if (leases.length === 0) return [];
  const change = onDependents((dependents) => ({ ...dependents, leases: [] }));
  return [{ say: `${leases.map(({ name }) => `Lease/${name}`).join(' and ')} held elsewhere`, change }];
};

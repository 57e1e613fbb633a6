import { namespaceOf } from '../../../domain/action.ts';
import { frozenUntil } from '../../../domain/policy/freeze.ts';
import { policyFor } from '../../../domain/policy/in-cluster.ts';
import { type Family, onFacts, type WhatIf } from './situation.ts';

export const readable: Family = ({ facts: { unknown } }) => {
  if (unknown.length === 0) return [];
  const names = [...new Set(unknown.map(({ fact }) => fact))].toSorted().join(', ');
  return [{ say: `known and harmless: ${names}`, change: onFacts((facts) => ({ ...facts, unknown: [] })) }];
};

export const elsewhere: Family = ({ action, policy }) => {
  const namespace = namespaceOf(action.target);
  if (namespace === undefined || !policy.namespaces.production.includes(namespace)) return [];
  const change: WhatIf['change'] = (situation) => {
    const { namespaces } = situation.policy;
    const production = namespaces.production.filter((name) => name !== namespace);
    return { ...situation, policy: { ...situation.policy, namespaces: { ...namespaces, production } } };
  };
  return [{ say: 'outside production', change }];
};

export const thawed: Family = ({ policy, facts: { cluster }, circumstances }) =>
  policyFor(policy, cluster).freezes.flatMap((freeze): WhatIf[] => {
    const local = circumstances?.local.find(({ zone }) => zone === freeze.timeZone);
    const until = local === undefined ? undefined : frozenUntil(freeze, local);
    if (until === undefined) return [];
    const change: WhatIf['change'] = (situation) => {
      const own = policyFor(situation.policy, cluster);
      const freezes = own.freezes.filter(({ name }) => name !== freeze.name);
      return { ...situation, policy: { ...own, freezes } };
    };
    return [{ say: `outside the freeze "${freeze.name}", which holds until ${until}`, change }];
  });

export const unspent: Family = ({ policy }) => {
  if (policy.budgets === undefined) return [];
  const change: WhatIf['change'] = (situation) => {
    const { budgets: _, ...rest } = situation.policy;
    return { ...situation, policy: rest };
  };
  return [{ say: 'within the blast budgets', change }];
};

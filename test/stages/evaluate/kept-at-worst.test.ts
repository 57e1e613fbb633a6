import { expect, test } from 'vitest';
import type { Constraint } from '../../../src/domain/constraints/constraint.ts';
import { keptAtWorst } from '../../../src/stages/evaluate/constraints.ts';
import { type WorstMoment, worstOfAll } from '../../../src/stages/evaluate/worst-moment.ts';

const namespace = 'shop';
const pods = { namespace, owner: 'Deployment/web', left: 2, of: 3, desired: 3, shaky: 0 };
const service = {
  ...{ namespace, service: 'web', left: 4, shaky: 0 },
  behind: [{ owner: 'Deployment/web', of: 3 }],
};
const budget = {
  ...{ namespace, budget: 'web', healthy: 5, desired: 3, allowed: 2, lost: 1, evicts: false, shaky: 0 },
};
const moment = (parts: Partial<WorstMoment>): WorstMoment => ({
  ...{ pods: [], services: [], budgets: [] },
  ...parts,
});
const keptOf = (parts: Partial<WorstMoment>) => {
  const found: Constraint[] = [];
  keptAtWorst(moment(parts), found);
  return found.map(({ sentence: _sentence, ...fields }) => fields);
};

test.each<[string, Partial<typeof pods>, number | undefined]>([
  ['two of three', {}, 2],
  ['less one that may crash again', { shaky: 1 }, 1],
  ['nothing of two that may crash again', { shaky: 2 }, undefined],
  ['nothing of more than are left', { shaky: 3 }, undefined],
  ['nothing where none is left', { left: 0 }, undefined],
])('ready pods that are kept: %s', (_name, changed, kept) => {
  expect(keptOf({ pods: [{ ...pods, ...changed }] })).toEqual(
    kept === undefined ? [] : [{ kind: 'ready_pods', namespace, owner: 'Deployment/web', pods: kept, of: 3 }],
  );
});

test.each<[string, Partial<typeof service>, number | undefined]>([
  ['four', {}, 4],
  ['less one that may crash again', { shaky: 1 }, 3],
  ['nothing of as many as may crash again', { shaky: 4 }, undefined],
  ['nothing of fewer than may crash again', { shaky: 5 }, undefined],
  ['nothing where none is left', { left: 0 }, undefined],
])('ready endpoints that are kept: %s', (_name, changed, endpoints) => {
  const { behind } = service;
  expect(keptOf({ services: [{ ...service, ...changed }] })).toEqual(
    endpoints === undefined
      ? []
      : [{ kind: 'ready_endpoints', namespace, service: 'web', endpoints, behind }],
  );
});

test.each<[string, Partial<typeof budget>, [spare: number, healthy: number] | undefined]>([
  ['what is lost at once is to spare', { lost: 2 }, [2, 3]],
  ['no more than is allowed', { allowed: 1, lost: 2 }, [1, 3]],
  ['evictions ask for one at a time', { lost: 2, evicts: true }, [1, 3]],
  ['and for none where none is allowed', { allowed: 0, evicts: true }, [0, 3]],
  ['what is healthy after it, where that is less than is wanted', { healthy: 3 }, [1, 2]],
  ['less what may crash again', { healthy: 3, shaky: 1 }, [1, 1]],
  ['never less than none', { healthy: 3, shaky: 9 }, [1, 0]],
  ['nothing where there is nothing to keep', { healthy: 1, desired: 0, allowed: 0 }, undefined],
  ['what is to spare alone', { desired: 0 }, [1, 0]],
  ['what stays alone', { allowed: 0, healthy: 3 }, [0, 2]],
])('what is kept of a budget: %s', (_name, changed, kept) => {
  const [spare, healthy] = kept ?? [];
  expect(keptOf({ budgets: [{ ...budget, ...changed }] })).toEqual(
    kept === undefined ? [] : [{ kind: 'disruption_budget', namespace, budget: 'web', spare, healthy }],
  );
});

test('of two changes to the same the least is left, and both have taken', () => {
  const other = { owner: 'Deployment/api', of: 1 };
  const first = moment({ pods: [pods], services: [{ ...service, shaky: 1 }], budgets: [budget] });
  const second = moment({
    pods: [{ ...pods, left: 1 }],
    services: [{ ...service, left: 3, shaky: 2, behind: [...service.behind, other] }],
    budgets: [{ ...budget, lost: 2, shaky: 1 }],
  });
  const both = {
    pods: [{ ...pods, left: 1 }],
    services: [{ ...service, left: 3, shaky: 3, behind: [...service.behind, other] }],
    budgets: [{ ...budget, lost: 3, shaky: 1 }],
  };
  expect(worstOfAll([first, second])).toEqual(both);
  expect(worstOfAll([second, first])).toMatchObject({ pods: both.pods, services: [{ left: 3, shaky: 3 }] });
});

test('what is of the same name in another namespace, or of another name there, is another', () => {
  const elsewhere = { namespace: 'other' };
  const all = moment({
    pods: [pods, { ...pods, ...elsewhere }, { ...pods, owner: 'Deployment/api' }],
    services: [service, { ...service, ...elsewhere }, { ...service, service: 'api' }],
    budgets: [budget, { ...budget, ...elsewhere }, { ...budget, budget: 'api' }],
  });
  expect(worstOfAll([all])).toEqual(all);
});

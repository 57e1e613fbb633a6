import type { Facts } from '../../../../domain/facts/facts.ts';
import type { FactNeeds } from '../../../../domain/facts/needs.ts';
import type { AnyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import type { NamespaceLists } from '../dependents/dependents.ts';
import type { Unknowns } from '../unknowns.ts';
import { fieldValues } from './field-values.ts';
import { readPickers } from './pickers.ts';

interface AlreadyRead {
  readonly object: AnyObject;
  readonly raw: unknown;
  readonly inNamespace: NamespaceLists | undefined;
}

type FieldFacts = Pick<Facts, 'fields' | 'pickers'>;

/** What only actions that write single fields need; most of it is in what was read already. */
export async function readFieldFacts(
  reader: Reader,
  unknowns: Unknowns,
  needs: FactNeeds,
  { object, raw, inNamespace }: AlreadyRead,
): Promise<FieldFacts> {
  const fields = needs.fieldValues && { fields: fieldValues(needs.fieldValues, raw) };
  if (needs.podLabels === undefined) return { ...fields };
  const { services, budgets } = inNamespace?.lists ?? {};
  return {
    ...fields,
    pickers: await readPickers(reader, unknowns, needs.podLabels, {
      object,
      services: services ?? [],
      budgets: budgets ?? [],
    }),
  };
}

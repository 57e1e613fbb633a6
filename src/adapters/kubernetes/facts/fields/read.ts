import type { Action } from '../../../../domain/action.ts';
import type { Facts } from '../../../../domain/facts/facts.ts';
import type { AnyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import type { Around } from '../dependents/neighbourhood.ts';
import type { Gaps } from '../unknowns.ts';
import { patchableFields } from './patchable.ts';
import { readPickers } from './pickers.ts';

interface Seen {
  readonly object: AnyObject;
  readonly raw: unknown;
  readonly around: Around | undefined;
}

type FieldFacts = Pick<Facts, 'fields' | 'pickers'>;

/** What only the verbs that write single fields look at; most of it is in what was read already. */
export async function readFieldFacts(
  reader: Reader,
  gaps: Gaps,
  action: Action,
  { object, raw, around }: Seen,
): Promise<FieldFacts> {
  const fields = patchableFields(action, raw);
  if (fields !== undefined) return { fields };
  if (action.verb !== 'label') return {};
  if (action.target.kind !== 'Pod' || around === undefined) return {};
  const services = around.lists.services ?? [];
  return { pickers: await readPickers(reader, gaps, action, { object, services }) };
}

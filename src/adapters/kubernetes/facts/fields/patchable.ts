import type { Action } from '../../../../domain/action.ts';
import type { Facts } from '../../../../domain/facts/facts.ts';
import { patchable } from '../../../../domain/patchable.ts';
import { json } from '../../../../domain/text/json.ts';
import { valueAt } from '../../client/json-pointer.ts';

/** Every field that `patch` may write in a target of this kind; what one may be depends on its neighbours. */
export function patchableFields(action: Action, raw: unknown): Facts['fields'] {
  if (action.verb !== 'patch') return undefined;
  const object = json.parse(raw);
  return Object.keys(patchable[action.target.kind])
    .toSorted()
    .map((path) => {
      const value = valueAt(object, `/${path.replaceAll('.', '/')}`);
      return typeof value === 'string' || typeof value === 'number' ? { path, value } : { path };
    });
}

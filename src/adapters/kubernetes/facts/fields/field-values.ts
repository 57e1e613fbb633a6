import type { Facts } from '../../../../domain/facts/facts.ts';
import { json } from '../../../../domain/text/json.ts';
import { valueAt } from '../../client/json-pointer.ts';

/**
 * What stands in each of these fields of an object; without a value where nothing does.
 *
 * @param paths such as `spec.minReadySeconds`
 */
export function fieldValues(paths: readonly string[], raw: unknown): NonNullable<Facts['fields']> {
  const object = json.parse(raw);
  return paths.toSorted().map((path) => {
    const value = valueAt(object, `/${path.replaceAll('.', '/')}`);
    return typeof value === 'string' || typeof value === 'number' ? { path, value } : { path };
  });
}

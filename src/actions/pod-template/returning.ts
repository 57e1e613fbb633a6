import type { Returning } from '../../domain/facts/revision.ts';
import { isJsonObject, type Json } from '../../domain/text/json.ts';
import { valueAt } from '../../domain/text/json-pointer.ts';
import { contentText } from './change.ts';
import { sameImage } from './same-image.ts';

/**
 * What of an earlier template comes back with the next one; undefined where nothing does. Only images that the change
 * brings count: those that run already come back with nothing.
 *
 * @param kept the template of the earlier revision
 */
export function returningOf(
  live: Json | undefined,
  next: Json | undefined,
  kept: Json | undefined,
): Pick<Returning, 'as' | 'containers'> | undefined {
  const [before, after, earlier] = [imagesIn(live), imagesIn(next), imagesIn(kept)];
  const isEarlier = (key: string) => sameImage(after.get(key), earlier.get(key));
  const brought = [...after.keys()].filter((key) => !sameImage(after.get(key), before.get(key)));
  const containers = brought.filter(isEarlier).map(nameOf);
  const content = contentText(next);
  if (content !== undefined && content === contentText(kept)) return { as: 'content', containers };
  if (containers.length === 0) return undefined;
  const all = after.size === earlier.size && [...after.keys()].every(isEarlier);
  return { as: all ? 'images' : 'some images', containers };
}

const init = 'init ';
const nameOf = (key: string): string => (key.startsWith(init) ? key.slice(init.length) : key);

/** By container; those that run first are other ones, also where they have the name of one that runs on. */
function imagesIn(template: Json | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [prefix, list] of [
    ['', valueAt(template, 'spec', 'containers')],
    [init, valueAt(template, 'spec', 'initContainers')],
  ] as const)
    for (const each of Array.isArray(list) ? list : []) {
      if (!isJsonObject(each)) continue;
      const { name, image } = each;
      if (typeof name === 'string' && typeof image === 'string') found.set(`${prefix}${name}`, image);
    }
  return found;
}

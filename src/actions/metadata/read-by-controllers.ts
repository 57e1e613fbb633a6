import type { Case } from '../../domain/case.ts';
import type { Consequence } from '../../domain/effect.ts';
import { keysOf, type MetadataVerb, mapOf } from './texts.ts';

/**
 * A key that controllers read can switch something on or off.
 *
 * @param isRead which keys are meant for some program
 * @param known what a key is known to do, to stand behind `Controllers read key: `
 */
export function readByControllers(
  { action }: Case<MetadataVerb>,
  isRead: (key: string) => boolean,
  known: (key: string) => string | undefined = () => undefined,
): readonly Consequence[] {
  return keysOf(action)
    .filter(isRead)
    .map((key) => ({
      rule: 'read-by-controllers',
      asks: 'human',
      sentence: `Controllers read ${key}: ${known(key) ?? 'writing it may switch something on or off'}.`,
      field: `metadata.${mapOf(action)}`,
    }));
}

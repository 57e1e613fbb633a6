import type { Case } from '../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../obstacle.ts';
import { alreadySo } from '../sentence.ts';
import { ownedKey } from './owned-keys.ts';
import { liveTexts, type MetadataVerb, mapOf } from './texts.ts';

type Metadata = Case<MetadataVerb>;

/** Keys that are not for people, one that is written twice, a value that is there, and what is so already. */
export function precondition(judged: Metadata): readonly Obstacle[] {
  const { action, facts } = judged;
  const map = mapOf(action);
  const because = (...sentences: readonly string[]) =>
    obstacles('metadata-possible', judged, `metadata.${map}`, ...sentences);
  const keys = [...action.set.map(({ key }) => key), ...action.remove];
  const owned = keys.map((key) => ownedKey(facts, key)).filter((sentence) => sentence !== undefined);
  if (owned.length > 0) return because(...owned);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) return because(`The key ${twice} is named twice.`);
  const kept = action.overwrite ? [] : taken(judged);
  if (kept.length > 0) return because(...kept);
  if (!isSo(judged)) return noObstacle;
  const so = alreadySo(
    map.slice(0, -1),
    action.set.map(({ key }) => key),
    action.remove,
  );
  return because(`${nameOf(action.target)} ${so}.`);
}

/**
 * What `--overwrite` is for (validateNoOverwrites in kubectl/pkg/cmd/label/label.go). The key alone is told: who wrote the
 * value did not write it for a chat.
 */
function taken(judged: Metadata): readonly string[] {
  const { action } = judged;
  const live = liveTexts(judged, action);
  return action.set
    .filter(({ key, value }) => live.get(key) !== undefined && live.get(key) !== value)
    .map(({ key }) => `${nameOf(action.target)} has another ${key} already; --overwrite replaces it.`);
}

function isSo(judged: Metadata): boolean {
  const { action } = judged;
  const live = liveTexts(judged, action);
  const isSet = action.set.every(({ key, value }) => live.get(key) === value);
  return isSet && action.remove.every((key) => !live.has(key));
}

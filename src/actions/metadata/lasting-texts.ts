import type { Case } from '../../domain/case.ts';
import { type LastingForm, lastingFields, notLasting } from '../../domain/manifest/lasting.ts';
import { liveTexts, type MetadataVerb, mapOf } from './texts.ts';

/** Pods are made by their controller and nodes by nobody's manifest: there a text ends with the object. */
export function lastingTexts({ action, facts }: Case<MetadataVerb>): LastingForm {
  const { target, set, remove } = action;
  if (target.kind === 'Pod' || target.kind === 'Node')
    return notLasting(`A ${target.kind} is not made from a manifest: what is written on it ends with it.`);
  if (remove.length > 0)
    return notLasting(`${remove.join(', ')} would have to be taken out of the manifest by hand.`);
  const live = liveTexts({ facts }, action);
  return lastingFields(
    target,
    set.map(({ key, value }) => {
      const was = live.get(key);
      return { path: ['metadata', mapOf(action), key], value, ...(was === undefined ? {} : { was }) };
    }),
  );
}

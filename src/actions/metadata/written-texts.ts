import { describeTarget, type Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { DeclarativeSpec, RollbackPlan } from '../../domain/spec.ts';
import { isSecret } from '../../domain/text/secret-name.ts';
import type { Guarded } from '../guarded.ts';
import { type Grading, good, gradeSame, type Measurement } from '../measurement.ts';
import { asAction, noRollback } from '../rollback.ts';
import { writtenText } from '../written.ts';
import { isController } from './label/selection.ts';
import { keysOf, liveTexts, type MetadataVerb, mapOf } from './texts.ts';

/* What it means that an object has other texts in its metadata, the same for labels and annotations. */

type Metadata = Case<MetadataVerb>;

/** The texts as they will be; null stands for absent. */
export function targetState({ action }: Metadata): DeclarativeSpec['targetState'] {
  const at = (key: string) => `metadata.${mapOf(action)}["${key}"]`;
  const { set, remove } = action;
  return {
    sentence: `${describeTarget(action.target)} ${writtenText(action)}.`,
    fields: Object.fromEntries([
      ...set.map(({ key, value }) => [at(key), value]),
      ...remove.map((key) => [at(key), null]),
    ]),
  };
}

/** To what was there, or to nothing. A value that no command can be written for is in the snapshot. */
export function toLiveTexts(judged: Metadata): RollbackPlan {
  const { action, facts } = judged;
  const live = liveTexts(judged, action);
  const keys = keysOf(action);
  const set = keys.flatMap((key) => {
    const value = live.get(key);
    return value === undefined ? [] : [{ key, value }];
  });
  const remove = keys.filter((key) => !live.has(key));
  const back = asAction({ ...action, set, remove, overwrite: true });
  const name = describeTarget(action.target);
  if (set.some(({ key, value }) => isSecret(`${key}=${value}`)))
    return noRollback(`What ${name} has now may be a secret and is not shown; the snapshot of it is stored.`);
  if (back === undefined)
    return noRollback(`No command can write what ${name} has now; the snapshot of it is stored.`);
  const picked = (facts.pickers ?? []).some(isController)
    ? ' A controller that has it again may end another pod.'
    : '';
  const sentence = `Put the ${mapOf(action)} of ${name} back to what they are now.${picked}`;
  return { kind: 'action', action: back, sentence };
}

/** What stands at the keys that are written. */
export function binding(judged: Metadata): Guarded {
  const { action } = judged;
  const live = liveTexts(judged, action);
  return { [mapOf(action)]: Object.fromEntries(keysOf(action).map((key) => [key, live.get(key) ?? null])) };
}

export const verification = ({ target }: Request): string =>
  `${describeTarget(target)} still has what was written`;

/** No controller has to follow: the texts are there, or they are not. */
export function grade(measurement: Measurement<MetadataVerb>): Grading {
  const { action } = measurement;
  return gradeSame(measurement, () => good(`${describeTarget(action.target)} ${writtenText(action)}.`));
}

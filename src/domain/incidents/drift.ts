import { type FieldWriter, fieldWriter } from '../facts/field-manager.ts';
import { clockTime } from '../text/clock-time.ts';

/** One value that is not as Firebreak wrote and verified it, in words that may be shown. */
export interface DriftedField {
  /** `Deployment web in shop`. */
  readonly object: string;
  /** Which object, and where in it: no words, and the same for all that write it. Absent where nobody asks for it. */
  readonly place?: string;
  readonly field: string;
  readonly verified: string;
  readonly now: string;
  /** As metadata.managedFields name whoever wrote it last; absent where they do not say. */
  readonly by?: { readonly manager: string; readonly subresource?: string; readonly at?: string };
  /** Another object of this name than the one that was written: the one that it is. */
  readonly uid?: string;
  /** It is what stood there before the change. */
  readonly isBack: boolean;
}

/** What of a verified change is something else by now, and what that means for it. */
export interface Drift {
  /** All of it is as it was before the change: that is undone. Else it is something new. */
  readonly kind: 'undone' | 'changed';
  readonly fields: readonly DriftedField[];
}

/** Undefined where there is nothing to tell. */
export function driftOf(fields: readonly DriftedField[]): Drift | undefined {
  const told = fields.filter((each) => !isExpected(each));
  if (told.length === 0) return undefined;
  return { kind: told.every(({ isBack }) => isBack) ? 'undone' : 'changed', fields: told };
}

/** An autoscaler moves replicas all the time: that is what it is for. */
const isExpected = ({ field, by }: DriftedField): boolean =>
  field === 'spec.replicas' && by !== undefined && fieldWriter(by) === 'an autoscaler';

/**
 * The same for the same drift, however often it is seen. Moments are no part of it, nor is who made an object anew: that is
 * known only until they write it again.
 */
export const driftKey = ({ fields }: Drift): string =>
  JSON.stringify(
    fields.map(({ object, field, now, by, uid }) => [object, field, now, uid ?? by?.manager ?? '']),
  );

/** Everybody who wrote a part of it, each once, with the name under which they wrote; to go on after "by". */
export function driftWriters({ fields }: Drift): string {
  const names = new Set(fields.map(({ by }) => (by === undefined ? noName : writerText(by))));
  return [...names].join(', ');
}

/** Whether nobody who wrote a part of it has left a name. */
export const isNameless = ({ fields }: Drift): boolean => fields.every(({ by }) => by === undefined);

const noName = 'a writer that left no name';

const writerText = (by: NonNullable<DriftedField['by']>): string => {
  const who: FieldWriter = fieldWriter(by);
  return `${who} (${by.manager})`;
};

/** At most so many lines: a template that came back whole differs in many places. */
const mostLines = 10;

/** Field by field: what was verified, what it is now, who wrote that and when. `near`: an instant of the same day needs no date. */
export function driftLines({ fields }: Drift, near: string): readonly string[] {
  const lines = fields.slice(0, mostLines).map(({ object, field, verified, now, by }) => {
    const at = by?.at === undefined ? '' : ` at ${clockTime(by.at, near)}`;
    const who = by === undefined ? 'who wrote it is not known' : `by ${writerText(by)}${at}`;
    return `${object}: ${field}: ${verified} -> ${now}, ${who}`;
  });
  const more = fields.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

import { describeTarget, type Verb } from '../domain/action.ts';
import type { Case } from '../domain/case.ts';
import type { CallResult } from '../domain/plan.ts';
import type { Observation, Sample } from '../domain/verdict.ts';

/** One measurement of what an action has changed. `facts` are those from before the change. */
export interface Measurement<V extends Verb = Verb> extends Case<V> {
  readonly results: readonly CallResult[];
  readonly observation: Observation;
}

export type Grading = Omit<Sample, 'at'>;
export type ObservationOf<K extends Observation['kind']> = Extract<Observation, { kind: K }>;
export type Present = Exclude<Observation, { kind: 'absent' }>;

export const good = (sentence: string): Grading => ({ grade: 'good', sentence });
export const bad = (sentence: string): Grading => ({ grade: 'bad', sentence });
export const pending = (sentence: string): Grading => ({ grade: 'pending', sentence });
export const error = (sentence: string): Grading => ({ grade: 'error', sentence });

/** A measurement of an object of a kind that the action has nothing to do with. */
export const unlike = (name: string, seen: Present): Grading =>
  error(`${name} was looked at as a ${seen.kind}; nothing can be said of it.`);

/**
 * Grades an object that has to be there still, the same one as before. With `changed`, what the observation says is not
 * there any more of the values that were written decides first.
 */
export function gradeSame(
  { action, facts, observation: seen }: Measurement,
  grade: (seen: Present) => Grading,
  { changed }: { changed: 'bad' | 'own words' } = { changed: 'bad' },
): Grading {
  const name = describeTarget(action.target);
  if (seen.kind === 'absent') return bad(`${name} is gone.`);
  if (seen.uid !== facts.identity.uid)
    return bad(`${name} is another object now: it was deleted and made again.`);
  return changed === 'bad' && seen.changed !== undefined ? bad(seen.changed) : grade(seen);
}

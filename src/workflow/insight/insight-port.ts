import type { ExamplesOfDay, Lesson } from '../../domain/insight/lived.ts';

/** The remediations of a time: asked for since an instant, where one is given, and as they stand at `now`. */
export interface Asked {
  readonly since: string | undefined;
  readonly now: string;
}

/** What was done and what became of it. Reads page by page: the past may be larger than the memory. */
export interface Past {
  /** How long what was verified has to last before it teaches anything. */
  readonly lastingHours: number;
  /** How many examples there are, by the day on which their incident began. */
  examplesByDay(asked: Asked): Promise<readonly ExamplesOfDay[]>;
  /** Every remediation, in the order of their numbers. */
  lessons(asked: Asked): AsyncIterable<Lesson>;
  /** How many of the remediations that were asked for in this time were begun to be carried out. */
  executions(asked: { readonly since: string; readonly until: string }): Promise<number>;
}

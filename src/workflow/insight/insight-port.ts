import type { Alert } from '../../domain/incidents/incident.ts';
import type { Gap } from '../../domain/insight/blind-spot.ts';
import type { Exported } from '../../domain/insight/exported.ts';
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

/** The chain from an alert to what is learned, where it can be seen to have broken. */
export interface Chain {
  /** What the database itself shows; `since`: when it was first looked at. */
  gaps(asked: {
    readonly now: string;
    readonly since: string;
    /** Seconds in which a step of a change or of its verification has moved the row. */
    readonly patience: number;
  }): Promise<readonly Gap[]>;
  /** Alerts that came since an instant, the newest first; no more than so many. */
  alerts(asked: { readonly since: string; readonly limit: number }): Promise<readonly Alert[]>;
  /** What came of the last export, and whether the next is late. */
  exported(now: string): Promise<{ readonly last: Exported | undefined; readonly isLate: boolean }>;
  /** Keeps what was found, and forgets what is mended. Answers what is new, or has come back. */
  keep(found: readonly Gap[], now: string): Promise<readonly Gap[]>;
}

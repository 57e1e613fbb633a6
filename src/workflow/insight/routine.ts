import type { Json } from '../../domain/text/json.ts';

/** A line in the channel that is about no incident; the same key again is no other line. Redacted. */
export interface Line {
  readonly key: string;
  readonly headline: string;
  readonly preformatted?: string;
}

/** What came of it. `result` is kept for the next time, the metrics and `firebreak doctor`. */
export interface Ran {
  readonly result: Json;
  readonly lines: readonly Line[];
  /** Seconds until it is tried again, where it failed. */
  readonly again?: number;
}

/** What is done every so often, by one replica at a time, whichever that is. */
export interface Routine {
  readonly name: 'export' | 'watch' | 'health' | 'trust';
  readonly everySeconds: number;
  /** Seconds until the first time, from when Firebreak first knew of it. */
  readonly firstAfterSeconds: number;
  /** @param last what came of it the last time */
  run(last: Json | undefined, signal: AbortSignal): Promise<Ran>;
}

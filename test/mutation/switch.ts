/** How often each mutant was come by, by its id. */
export type Hits = Readonly<Record<string, number>>;

/** What the planted code reads and counts; the names are Stryker's. */
export interface Switch {
  activeMutant?: string | undefined;
  /** Who is running: hits are counted for it, and for `static` where it is undefined. */
  currentTestId?: string | undefined;
  /** Counts the hits of the active mutant; at the limit the code throws, so that an endless loop ends. */
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage: { static: Hits; perTest: Readonly<Record<string, Hits>> };
}

declare global {
  var __stryker__: Switch | undefined;
}

/** The planted code keeps hold of this object and of its counts: it is filled, never replaced. */
export function theSwitch(): Switch {
  globalThis.__stryker__ ??= { mutantCoverage: { static: {}, perTest: {} } };
  return globalThis.__stryker__;
}

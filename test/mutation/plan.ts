/** What the process that tries mutants is told. */
export interface Plan {
  /** Whole paths of the files with tests. */
  readonly tests: readonly string[];
  /** The mutants that have no verdict yet, with the whole path of their file. */
  readonly mutants: readonly { readonly id: string; readonly file: string }[];
  /** A file to which each verdict is added at once, so that none is lost with the process. */
  readonly journal: string;
  /** When no other mutant is begun, in milliseconds since 1970. */
  readonly end: number;
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly mutation: Plan;
  }
}

/** One line of the journal. A mutant that was begun and has no status has hung. */
export type Entry =
  | { readonly begun: string }
  | { readonly id: string; readonly status: string }
  | { readonly fault: string };

/** Values that stand in the place of `?`. */
export type Binding = string | number | boolean | null | string[] | number[];

/** Anything SQL can be sent to: the pool or one transaction. */
export interface Db {
  raw(sql: string, bindings?: readonly Binding[]): PromiseLike<unknown>;
  readonly isTransaction?: boolean | undefined;
}

/** One statement as data, so that it can be sent when others are. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly Binding[];
  /** What is said or thrown when it writes no row, and its transaction fails with it; unless given, nobody asks. */
  readonly orElse?: string | Error;
  /** It divides by zero of itself where it finds or writes nothing. */
  readonly demandsItself?: true;
}

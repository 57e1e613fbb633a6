/** One word after `firebreak`, with what it prints when it is asked how it is used. */
export interface Verb {
  readonly usage: string;
  /** Resolves to the exit code; throws ConfigFault, or any fault with one sentence, for what ends with 1. */
  run(args: readonly string[]): Promise<number>;
}

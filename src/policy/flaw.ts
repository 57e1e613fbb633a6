/** What is wrong with a policy beyond its shape, and where. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Where the other one stands, of two that cannot both be. */
  readonly first?: readonly (string | number)[];
}

/** What is wrong with a policy beyond its shape, and where. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

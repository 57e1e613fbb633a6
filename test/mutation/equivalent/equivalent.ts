/** A mutant that no test can notice, because the program does the same. */
export interface Equivalent {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  /** The line on which alone it is so, where its file has the same on others; without the space around it. */
  readonly on?: string;
  readonly why: string;
}

/** Several of one file for one reason; with the line, where it is not so on each. */
export const alike = (
  file: string,
  why: string,
  ...all: readonly (readonly [original: string, replacement: string, on?: string])[]
): readonly Equivalent[] =>
  all.map(([original, replacement, on]) => ({
    ...{ file, original, replacement, why },
    ...(on === undefined ? {} : { on }),
  }));

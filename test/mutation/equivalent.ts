/** A mutant that no test can notice, because the program does the same. */
export interface Equivalent {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: 'src/adapters/slack/limits.ts',
    original: "''",
    replacement: '"Stryker was here!"',
    why: 'What is no JSON is far smaller than a view may be, whichever text stands for it.',
  },
  {
    file: 'src/adapters/slack/limits.ts',
    original: "case 'header':\n      return each.text.text.length;",
    replacement: "case 'header':",
    why: 'The case after it counts the same: a header has a text, and no fields.',
  },
];

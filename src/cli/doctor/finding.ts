/** One line of `firebreak doctor`. A cure is there where something is to be done. */
export type Finding =
  | { readonly about: string; readonly kind: 'right'; readonly sentence: string }
  | {
      readonly about: string;
      readonly kind: 'doubtful' | 'wrong';
      readonly sentence: string;
      readonly cure: string;
    };

/** The findings about one part of an installation. */
export function about(part: string) {
  return {
    right: (sentence: string): Finding => ({ about: part, kind: 'right', sentence }),
    doubtful: (sentence: string, cure: string): Finding => ({
      about: part,
      kind: 'doubtful',
      sentence,
      cure,
    }),
    wrong: (sentence: string, cure: string): Finding => ({ about: part, kind: 'wrong', sentence, cure }),
  };
}

/** The sentence of what was thrown. */
export const sentenceOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);

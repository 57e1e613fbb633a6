/** So many at once: what one person can read before they agree, and what fits into one dialog. */
export const mostTogether = 20;

/** One of several proposals that somebody would approve at once. */
export interface Chosen {
  readonly number: number;
  /** As kubectl has it; absent of what is not known or may not be seen. */
  readonly command?: string;
  readonly playbook?: string;
  readonly namespace?: string;
  readonly tier?: string;
  readonly score: number;
  /** What an approval by this person comes to: it runs, one more person is needed, or nothing, for a reason. */
  readonly comes: 'runs' | 'waits' | { readonly reason: string };
}

/** Scores of what was started in the last hour or is approved, added up, and how many of it run or are about to. */
export interface Spent {
  readonly score: number;
  readonly running: number;
}

/** What is spent in the cluster, and in a namespace. */
export interface SpentBy {
  readonly cluster: Spent;
  readonly namespaces: ReadonlyMap<string, Spent>;
}

export type Together =
  | { readonly kind: 'refused'; readonly sentence: string }
  | {
      readonly kind: 'list';
      readonly playbook: string;
      /** Exactly what lands. */
      readonly included: readonly Chosen[];
      readonly leftOut: readonly Chosen[];
      /** How much of the blast budget of the cluster it takes. */
      readonly adds: number;
    };

/** Why it is left out, after its number. */
export const leftOutText = ({ number, comes }: Chosen): string =>
  `${number === 0 ? 'Others' : number}: ${typeof comes === 'string' ? 'left out.' : comes.reason}`;

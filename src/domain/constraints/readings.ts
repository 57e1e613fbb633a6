/** What was learned of one thing that constraints ask about, or why it could not be. */
export type Reading<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string };

export const known = <T>(value: T): Reading<T> => ({ kind: 'known', value });
export const notKnown = (reason: string): Reading<never> => ({ kind: 'unknown', reason });

/** Something in the cluster whose state decides whether a constraint holds. `owner` is `Deployment/web`. */
export type Asked =
  | { readonly kind: 'pods'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'endpoints'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'budget'; readonly namespace: string; readonly name: string };

/** Ready pods of an owner, and how many it wants where that can be said. */
export interface PodsReady {
  readonly ready: number;
  readonly desired: number | undefined;
}

/** A PodDisruptionBudget: its healthy pods, how many it wants, and how many evictions it allows. */
interface BudgetLeft {
  readonly healthy: number;
  readonly desired: number;
  readonly allowed: number;
}

/** The state of what was asked for. An owner that is gone has no ready pod; a budget that is gone is none. */
export interface LiveReadings {
  readonly pods: (namespace: string, owner: string) => Reading<PodsReady>;
  readonly endpoints: (namespace: string, service: string) => Reading<number>;
  readonly budget: (namespace: string, name: string) => Reading<BudgetLeft | 'gone'>;
}

/** Besides, what only the look before the change brings. */
export interface Readings extends LiveReadings {
  /** The production namespace that the target is or may be in; undefined if it is in none. */
  readonly production: () => Reading<string | undefined>;
  /** The objects of which no snapshot is there to be stored. */
  readonly withoutSnapshot: () => Reading<readonly string[]>;
  /** Revisions in the history of a workload, the live one left out. */
  readonly revisions: (namespace: string, owner: string) => Reading<readonly number[]>;
}

/** One answer for each thing that was asked for. */
export type Answered =
  | { readonly kind: 'pods'; readonly reading: Reading<PodsReady> }
  | { readonly kind: 'endpoints'; readonly reading: Reading<number> }
  | { readonly kind: 'budget'; readonly reading: Reading<BudgetLeft | 'gone'> };

export const keyOf = ({ kind, namespace, name }: Asked): string => `${kind} ${namespace}/${name}`;

const notRead = notKnown('it was not read');

/** What was answered, by what was asked. */
export function readingsOf(asked: readonly Asked[], answers: readonly Answered[]): LiveReadings {
  const found = new Map(asked.map((each, index) => [keyOf(each), answers[index]]));
  return {
    pods: (namespace, name) => {
      const answer = found.get(keyOf({ kind: 'pods', namespace, name }));
      return answer?.kind === 'pods' ? answer.reading : notRead;
    },
    endpoints: (namespace, name) => {
      const answer = found.get(keyOf({ kind: 'endpoints', namespace, name }));
      return answer?.kind === 'endpoints' ? answer.reading : notRead;
    },
    budget: (namespace, name) => {
      const answer = found.get(keyOf({ kind: 'budget', namespace, name }));
      return answer?.kind === 'budget' ? answer.reading : notRead;
    },
  };
}

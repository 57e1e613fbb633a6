import { setTimeout as sleep } from 'node:timers/promises';

/** The newest remediation of a workload. */
export interface Seen {
  readonly state: string;
  readonly id: string;
  readonly digest: string | null;
}

export interface Watch {
  /**
   * The newest remediation of a workload, once it is in one of these states.
   *
   * @throws with what it is in after so many milliseconds, or with why it could not be seen
   */
  until(name: string, states: readonly string[], patience?: number): Promise<Seen>;
  /** The same, or that it has not come so far. */
  within(name: string, states: readonly string[], patience: number): Promise<Seen | undefined>;
  looks(): number;
  stop(): void;
}

/** Milliseconds for what a loaded machine needs, and between two looks. */
const usual = 120_000;
const pause = 25;

/**
 * One look at all workloads, again and again: a look for each would be most of the load. One that fails says nothing of them, and
 * the next is made; who waits in vain is told of the last fault.
 */
export function watching(look: () => Promise<ReadonlyMap<string, Seen>>): Watch {
  let newest: ReadonlyMap<string, Seen> = new Map();
  let fault: unknown;
  let [looks, stopped] = [0, false];
  const looking = async () => {
    while (!stopped) {
      looks += 1;
      try {
        newest = await look();
        fault = undefined;
      } catch (met) {
        fault = met;
      }
      await sleep(pause);
    }
  };
  void looking();
  const within = async (name: string, states: readonly string[], patience: number) => {
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      const row = newest.get(name);
      if (row !== undefined && states.includes(row.state)) return row;
      await sleep(10);
    }
    return undefined;
  };
  return {
    within,
    until: async (name, states, patience = usual) => {
      const row = await within(name, states, patience);
      if (row !== undefined) return row;
      const state = newest.get(name)?.state ?? 'not there';
      const sentence = `After ${patience / 1000} s the remediation of ${name} is ${state}, and none of: ${states.join(', ')}.`;
      throw new Error(sentence, fault === undefined ? {} : { cause: fault });
    },
    looks: () => looks,
    stop: () => {
      stopped = true;
    },
  };
}

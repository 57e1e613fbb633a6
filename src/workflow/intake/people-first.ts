/** Lets what people wait for go before alerts and before what may be done about them. */
export interface PeopleFirst {
  /** Does what a person waits for the answer to. */
  asked<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no person waits, and in any case soon; undefined when none does. */
  afterPeople(): Promise<void> | undefined;
}

/** Alerts are put off so long at most, and have a turn of at least so long before they are again: nobody keeps them out. Milliseconds. */
const putOff = 250;
const turn = 50;

/** Nobody waits yet. */
export function createPeopleFirst(): PeopleFirst {
  let waiting = 0;
  let allAnswered = Promise.withResolvers<void>();
  let since = Number.NEGATIVE_INFINITY;
  return {
    asked: async (work) => {
      waiting += 1;
      try {
        return await work();
      } finally {
        waiting -= 1;
        if (waiting === 0) {
          allAnswered.resolve();
          allAnswered = Promise.withResolvers<void>();
        }
      }
    },
    afterPeople: () => {
      if (waiting === 0) return undefined;
      const now = performance.now();
      if (now >= since + putOff + turn) since = now;
      const left = since + putOff - now;
      return left <= 0 ? undefined : Promise.race([allAnswered.promise, passing(left)]);
    },
  };
}

function passing(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, milliseconds).unref();
  return promise;
}

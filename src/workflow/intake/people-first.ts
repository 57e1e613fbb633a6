/** Lets what people wait for go before alerts and before what may be done about them. */
export interface PeopleFirst {
  /** Does what a person waits for the answer to. */
  asked<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no person waits, and in any case soon; undefined when none does. */
  afterPeople(): Promise<void> | undefined;
}

/** Alerts are put off for so long at a time, and have a turn of so long before they are again: nobody keeps them out. Milliseconds. */
const putOff = 250;
const turn = 50;

/** Nobody waits yet. */
export function createPeopleFirst(): PeopleFirst {
  let waiting = 0;
  let released = Promise.withResolvers<void>();
  let isPutOff = false;
  let turnUntil = Number.NEGATIVE_INFINITY;

  const release = () => {
    released.resolve();
    released = Promise.withResolvers<void>();
  };
  /** By the clock of when they are let go: a timer that is late does not shorten their turn. */
  const beginTurn = () => {
    isPutOff = false;
    turnUntil = performance.now() + turn;
    release();
  };
  return {
    asked: async (work) => {
      waiting += 1;
      try {
        return await work();
      } finally {
        waiting -= 1;
        if (waiting === 0) release();
      }
    },
    afterPeople: () => {
      if (waiting === 0) return undefined;
      if (!isPutOff) {
        if (performance.now() < turnUntil) return undefined;
        isPutOff = true;
        setTimeout(beginTurn, putOff).unref();
      }
      return released.promise;
    },
  };
}

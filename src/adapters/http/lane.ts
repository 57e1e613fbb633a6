import type { PeopleFirst } from '../../workflow/intake/people-first.ts';

/** What requests of which many may come at once go through, so that they leave room for others. */
export interface Lane {
  /** Keeps room for a body of so many bytes; answers what gives it back, or undefined while there is none. */
  enter(bytes: number): (() => void) | undefined;
  /** Resolves when it is the caller's turn: of one each time the event loop comes round, others get in between. */
  turn(): Promise<void>;
}

/**
 * @param room bytes; one body is let in whatever its size when it is the only one
 * @param afterPeople see PeopleFirst
 */
export function createLane(room: number, afterPeople: PeopleFirst['afterPeople'] = () => undefined): Lane {
  let taken = 0;
  let tail: Promise<void> = Promise.resolve();
  const nextRound = () => new Promise<void>((resolve) => setImmediate(resolve)).then(afterPeople);
  return {
    enter: (bytes) => {
      if (taken > 0 && taken + bytes > room) return undefined;
      taken += bytes;
      return () => {
        taken -= bytes;
      };
    },
    turn: () => {
      tail = tail.then(nextRound);
      return tail;
    },
  };
}

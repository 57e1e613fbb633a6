import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether properties run all their cases, as in `npm run test:faults`. */
    readonly everyCase: boolean;
  }
}

/** How many cases of a property to run: all of them in `npm run test:faults`, a twentieth in `npm test`. */
export const casesOf = (all: number): number => (inject('everyCase') ? all : Math.ceil(all / 20));

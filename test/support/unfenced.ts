import type { Fence } from '../../src/workflow/applied.ts';

/** For writes that nobody else could make meanwhile. */
export const unfenced: Fence = () => undefined;

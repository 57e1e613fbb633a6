import { noRollback } from '../rollback.ts';

/** What was not read of a node cannot be gone back to. */
export const nodeUnknown = noRollback('There is no way back: the taints that are there now are not known.');

import type { Db } from '../sql.ts';

/** "FBtr": one settles at a time, so that of two alerts about one owner the second sees what the first brought forth. */
const triageLock = 0x46427472;

/** Until the end of the transaction nobody else joins incidents, or closes them. */
export const lockSettling = (trx: Db) => trx.raw('select pg_advisory_xact_lock(?)', [triageLock]);

import type { Knex } from 'knex';
import { answerTimeout } from '../connect.ts';
import { givingTime } from '../silence.ts';
import { socketOf } from '../socket.ts';
import type { Db } from '../statement.ts';
import { onConnection } from '../transaction.ts';

/** How long a check of the chain may read. */
export interface Patience {
  /** For each statement. Milliseconds. */
  readonly each: number;
  /** Ends the check: nothing more is asked, and what is asked is waited for no longer. */
  readonly signal?: AbortSignal | undefined;
}

/** Lets statements of a transaction take longer than elsewhere: what reads whole tables has nothing to send for long. */
export function patiently<T>(
  trx: Knex.Transaction,
  { each, signal }: Patience,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  return onConnection(trx, async (client) => {
    signal?.throwIfAborted();
    const cut = () => socketOf(client).destroy(new Error('the check of the chain was ended'));
    signal?.addEventListener('abort', cut);
    const raw: Db['raw'] = async (sql, bindings = []) => {
      signal?.throwIfAborted();
      return givingTime(client, each + answerTimeout, async () => trx.raw(sql, [...bindings]));
    };
    try {
      // Hashing a page takes this process longer than it may stand still elsewhere; nobody waits for what only reads.
      await raw(`set local idle_in_transaction_session_timeout = 0; set local statement_timeout = ${each}`);
      return await work({ raw, isTransaction: true });
    } finally {
      signal?.removeEventListener('abort', cut);
    }
  });
}

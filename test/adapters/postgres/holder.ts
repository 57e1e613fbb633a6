import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { transact } from '../../../src/adapters/postgres/transact.ts';

/** Locks the head of the audit chain of the database at argv[2], says so, and commits a little later. It is there to be stopped. */
const knex = connect(process.argv[2] ?? '', 1);
let attempts = 0;
await transact(knex, async (trx) => {
  attempts += 1;
  await trx.raw('select seq from audit_head for update');
  if (attempts === 1) process.stdout.write('holds audit_head\n');
  // Long enough for a signal to arrive, and a part of the time that the server allows.
  await sleep(500);
});
process.stdout.write(`committed at attempt ${attempts}\n`);
await knex.destroy();

import { randomUUID } from 'node:crypto';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { createLiveness } from '../../../src/adapters/postgres/jobs/liveness.ts';
import { createQueue } from '../../../src/adapters/postgres/jobs/queue.ts';
import { silentLog } from '../../fixtures/log.ts';
import { sha256 } from '../../support/sha256.ts';

/** A replica that takes jobs of the database at argv[2], says which, and never ends one. It is there to be killed. */
const url = process.argv[2] ?? '';
const knex = connect(url, 5);
const queue = createQueue({ url, sha256, log: silentLog });
await queue.start();
const liveness = createLiveness({ url, log: silentLog });
await liveness.start();
const jobs = createJobs({ knex, queue, liveness, newId: randomUUID, log: silentLog });
await jobs.start((wake, _claim, signal) => {
  process.stdout.write(`${JSON.stringify(wake)}\n`);
  signal.addEventListener('abort', () => process.stdout.write('aborted\n'));
  return new Promise(() => {});
});
process.stdout.write('ready\n');

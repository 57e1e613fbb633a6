import { randomUUID } from 'node:crypto';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { createLiveness } from '../../../src/adapters/postgres/jobs/liveness.ts';
import { createQueue } from '../../../src/adapters/postgres/jobs/queue.ts';
import { silentLog } from '../../fixtures/log.ts';
import { sha256 } from '../../support/sha256.ts';

/**
 * A replica with a job of the database at argv[2] that it never ends. It looks at its fence without a pause, and says what
 * it sees in the first moment after it stood still for two seconds or more, and what it sees once it has heard the database.
 */
const url = process.argv[2] ?? '';
const knex = connect(url, 5);
const queue = createQueue({ url, sha256, log: silentLog });
await queue.start();
const liveness = createLiveness({ url, log: silentLog });
await liveness.start();
const jobs = createJobs({ knex, queue, liveness, newId: randomUUID, log: silentLog });
const say = (line: string) => void process.stdout.write(`${line}\n`);

await jobs.start(async (_wake, _claim, signal, fence) => {
  say(`at first: ${fence() ?? 'open'}`);
  let stoodStill = false;
  for (let last = Date.now(); ; ) {
    await new Promise(setImmediate);
    const now = Date.now();
    if (now - last > 2_000) {
      stoodStill = true;
      say(`at once: ${fence() ?? 'open'}`);
    }
    last = now;
    if (stoodStill && signal.aborted) {
      say(`then: ${fence() ?? 'open'}`);
      stoodStill = false;
    }
  }
});

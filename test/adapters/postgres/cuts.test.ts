import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerTimeout, connect } from '../../../src/adapters/postgres/connect.ts';
import { createQueue } from '../../../src/adapters/postgres/jobs/queue.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { rows } from '../../../src/adapters/postgres/sql.ts';
import { transact } from '../../../src/adapters/postgres/transact.ts';
import { silentLog } from '../../fixtures/log.ts';
import { runNode } from '../../support/child.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { type Fate, openWire, type Wire } from '../../support/wire.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
  await db.knex.raw('create table marks (key text primary key, times integer not null)');
});
afterAll(() => db.close());

/** Runs with a pool whose statements go through a wire. */
async function through<T>(
  fateOf: (piece: string) => Fate,
  work: (knex: Knex, wire: Wire) => Promise<T>,
): Promise<T> {
  const wire = await openWire(db.url, fateOf);
  const knex = connect(wire.url, 2);
  try {
    return await work(knex, wire);
  } finally {
    wire.cut();
    await knex.destroy();
    await wire.close();
  }
}

/** The first piece that holds these words has this fate, and no other. */
function firstWith(words: string, fate: Fate): (piece: string) => Fate {
  let met = false;
  return (piece) => {
    if (met || !piece.includes(words)) return 'pass';
    met = true;
    return fate;
  };
}

/** A transaction that finds what it has done before by its key, as each of ours does. */
async function mark(knex: Knex, key: string): Promise<string> {
  return transact(knex, async (trx) => {
    const times = z.object({ times: z.number() });
    const known = await rows(trx, times, 'select times from marks where key = ?', [key]);
    if (known.length > 0) return 'found';
    await trx.raw('insert into marks (key, times) values (?, 1)', [key]);
    return 'made';
  });
}

/* All wait for the same few silences, and so together: the longest begin first. */

test.concurrent('a pool whose every connection falls silent is of use again when the way is', async () => {
  const one = z.object({ one: z.number() });
  await through(
    () => 'pass',
    async (knex, wire) => {
      const ask = () => rows(knex, one, 'select 1 as one');
      await Promise.all([ask(), ask()]);
      // Longer than a silence is borne: a connection that is not asked anything is not silent.
      await sleep(answerTimeout + 500);
      expect(await ask()).toEqual([{ one: 1 }]);
      wire.silence();
      const asked = Promise.all([ask(), ask(), ask()]);
      wire.heal();
      expect(await asked).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }]]);
    },
  );
});

test.concurrent('the queue does not wait for a connection that fell silent', async () => {
  const wire = await openWire(db.url);
  const queue = createQueue({ url: wire.url, sha256, log: silentLog });
  await queue.start();
  const claim = { queue: 'wake', jobId: randomUUID(), attempt: 0 };
  await queue.touch([claim]);
  wire.silence();
  wire.heal();
  // Its pool has two; each is given up in its turn.
  await expect(queue.touch([claim])).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await queue.touch([claim]).catch(() => undefined);
  expect(await queue.touch([claim])).toBeInstanceOf(Set);
  await queue.stop();
  await wire.close();
});

test.concurrent('a process that stands still in a transaction does not hold up the others', async () => {
  const child = runNode(fileURLToPath(new URL('holder.ts', import.meta.url)), [db.url]);
  expect(await child.line()).toBe('holds audit_head');
  child.process.kill('SIGSTOP');
  const moved = transact(db.knex, async (trx) => {
    await trx.raw('select seq from audit_head for update');
    return 'moved';
  });
  expect(await moved).toBe('moved');
  child.process.kill('SIGCONT');
  // The server has ended its transaction meanwhile; it is done anew.
  expect(await child.line()).toBe('committed at attempt 2');
  if (child.process.exitCode === null) await once(child.process, 'exit');
});

const places = ['BEGIN', 'select times', 'insert into marks', 'COMMIT'];
const fates: Fate[] = ['cut before', 'cut after', 'cut answered', 'silent before', 'silent after'];
const cases = places.flatMap((place) => fates.map((fate) => ({ place, fate })));

describe.concurrent('a transaction is done once', () => {
  test.each(cases)('with its connection $fate at $place', async ({ place, fate }) => {
    const key = randomUUID();
    const came = await through(firstWith(place, fate), (knex) => mark(knex, key));
    expect(await db.knex('marks').where({ key }).pluck('times')).toEqual([1]);
    const mayBeCommitted = place === 'COMMIT' && fate.endsWith('after');
    expect(came).toBe(mayBeCommitted ? 'found' : 'made');
  });
});

describe.concurrent('what only reads is asked again', () => {
  test.each(fates)('when its connection is %s', async (fate) => {
    const one = z.object({ one: z.number() });
    const found = await through(firstWith('as one', fate), (knex) => rows(knex, one, 'select 1 as one'));
    expect(found).toEqual([{ one: 1 }]);
  });
});

describe.concurrent('a start is not ended by a connection that is cut', () => {
  test('as it looks for migrations', () =>
    through(firstWith('firebreak_migrations', 'cut before'), async (knex) => {
      expect(await migrate(knex)).toEqual([]);
    }));

  test.each(['firebreak-queue', 'version', 'create_queue'])('as the queue says %s', async (words) => {
    let met = 0;
    const fateOf = firstWith(words, 'cut before');
    const wire = await openWire(db.url, (piece) => {
      const fate = fateOf(piece);
      if (fate !== 'pass') met += 1;
      return fate;
    });
    const queue = createQueue({ url: wire.url, sha256, log: silentLog });
    try {
      await queue.start();
      expect(met).toBe(1);
    } finally {
      await queue.stop();
      await wire.close();
    }
  });
});

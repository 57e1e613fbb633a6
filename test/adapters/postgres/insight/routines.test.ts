import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openExportFolder } from '../../../../src/adapters/files/export-folder.ts';
import { createPast } from '../../../../src/adapters/postgres/insight/past.ts';
import { runDue } from '../../../../src/adapters/postgres/insight/routines.ts';
import { faultOf } from '../../../../src/domain/insight/exported.ts';
import type { Routine } from '../../../../src/workflow/insight/routine.ts';
import { weeklyExport } from '../../../../src/workflow/insight/weekly-export.ts';
import { noon } from '../../../fixtures/facts.ts';
import { silentLog } from '../../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../../support/database.ts';
import { rowsOf } from '../rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterEach(() =>
  db.knex.raw('truncate routines, slack_outbox, remediations, incidents, object_history cascade'),
);
afterAll(() => db.close());

const { movedTo } = rowsOf(() => db);
const options = () => ({ knex: db.knex, newId: randomUUID, channel: 'C0OPS', log: silentLog });
const counting = (more: Partial<Routine> = {}) => {
  const ran: unknown[] = [];
  const routine: Routine = {
    name: 'watch',
    everySeconds: 3600,
    firstAfterSeconds: 0,
    run: async (last) => {
      ran.push(last);
      return { result: { turn: ran.length }, lines: [{ key: `line:${ran.length}`, headline: 'Look here.' }] };
    },
    ...more,
  };
  return { routine, ran };
};
const due = (seconds = 0) =>
  db.knex.raw(`update routines set due_at = now() - interval '${seconds} seconds'`);
const said = async () =>
  (await db.knex('slack_outbox').orderBy('seq')).map(({ notice, channel }) => [channel, notice.headline]);

describe('a routine', () => {
  test('is run once when it is due, whoever asks, and again when it is due again', async () => {
    const { routine, ran } = counting();
    const turns = await Promise.all(Array.from({ length: 5 }, () => runDue(options(), routine)));
    expect(turns.filter(Boolean)).toHaveLength(1);
    expect(await runDue(options(), routine)).toBe(false);
    await due();
    expect(await runDue(options(), routine)).toBe(true);
    expect(ran).toEqual([undefined, { turn: 1 }]);
    expect(await said()).toEqual([
      ['C0OPS', 'Look here.'],
      ['C0OPS', 'Look here.'],
    ]);
  });

  test('is not run before its first time', async () => {
    const { routine, ran } = counting({ firstAfterSeconds: 60 });
    expect(await runDue(options(), routine)).toBe(false);
    expect(ran).toEqual([]);
  });

  test.each([
    ['in time', 0, 3600],
    ['late', 1800, 1800],
    ['after two turns were missed', 9000, 1800],
  ])('is due again at the same minute of its hour: %s', async (_, late, next) => {
    const { routine } = counting();
    await runDue(options(), routine);
    await due(late);
    await runDue(options(), routine);
    const { rows } = await db.knex.raw(
      'select extract(epoch from due_at - now())::float8 as left from routines',
    );
    expect(Math.abs(rows[0].left - next)).toBeLessThan(60);
  });

  test('is taken over from a replica that died at it, which then has no say', async () => {
    const { routine, ran } = counting();
    const { promise, resolve } = Promise.withResolvers<void>();
    const frozen = counting({
      run: async () => {
        await promise;
        return { result: {}, lines: [{ key: 'late', headline: 'Too late.' }] };
      },
    });
    const first = runDue(options(), frozen.routine);
    await expect.poll(() => db.knex('routines').whereNotNull('lease').first()).toBeDefined();
    await db.knex.raw("update routines set leased_until = now() - interval '1 second'");
    expect(await runDue(options(), routine)).toBe(true);
    resolve();
    expect(await first).toBe(false);
    expect(ran).toHaveLength(1);
    expect(await said()).toEqual([['C0OPS', 'Look here.']]);
  });

  test('that fails is given back, keeps what it had, and is tried again in a minute', async () => {
    const { routine } = counting();
    await runDue(options(), routine);
    await due();
    const failing = counting({ run: () => Promise.reject(new Error('no')) });
    await expect(runDue(options(), failing.routine)).rejects.toThrow('no');
    expect(await db.knex('routines').first()).toMatchObject({ lease: null, result: { turn: 1 } });
    expect(await runDue(options(), routine)).toBe(false);
  });
});

describe('the weekly export', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weekly-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const days = (count: number) => new Date(Date.parse(noon) + count * 86_400_000).toISOString();
  const weekly = (into: string | undefined, now = days(2)) =>
    weeklyExport({
      past: createPast(db.knex),
      clock: () => now,
      log: silentLog,
      folder: into,
      open: (name) => openExportFolder(join(into ?? '', name)),
    });
  const run = async (into: string | undefined, now?: string) => {
    const routine = { ...weekly(into, now), firstAfterSeconds: 0 };
    await runDue(options(), routine);
    return (await db.knex('routines').first()).result;
  };

  test('is made after seven days, and every seven', () => {
    expect(weekly(folder)).toMatchObject({ everySeconds: 604_800, firstAfterSeconds: 604_800 });
  });

  test('is written to a folder of its day', async () => {
    await movedTo('succeeded');
    expect(await run(folder)).toMatchObject({ examples: 1, recent: 1, executions: 1, folder, failure: null });
    expect(await readdir(join(folder, 'finetune-2026-03-03'))).toHaveLength(4);
    expect(await said()).toEqual([]);
  });

  test('is counted where no folder is named', async () => {
    await movedTo('succeeded');
    expect(await run(undefined)).toMatchObject({ examples: 1, folder: null, failure: null });
    expect(await said()).toEqual([]);
  });

  test('that is empty says so in the channel, and why', async () => {
    await movedTo('executing');
    await run(folder);
    expect(await said()).toEqual([
      [
        'C0OPS',
        'The export has no example; 1 change was made in its week. Of 1 remediation none can be learned from: 1 open.',
      ],
    ]);
  });

  test('that cannot be written says so once a day, and is tried again within the hour', async () => {
    await movedTo('succeeded');
    const file = join(folder, 'file');
    await writeFile(file, '');
    await chmod(file, 0o400);
    expect(await run(file)).toMatchObject({ examples: 0, failure: expect.stringMatching(/ENOTDIR/) });
    const [[, headline] = []] = await said();
    expect(headline).toMatch(/^The export could not be written: .*ENOTDIR/);
    const { rows } = await db.knex.raw(
      'select extract(epoch from due_at - now())::float8 as left from routines',
    );
    expect(rows[0].left).toBeGreaterThan(3500);
    expect(rows[0].left).toBeLessThan(3660);
    await due();
    await run(file);
    expect(await said()).toHaveLength(1);
  });
});

const well = {
  at: noon,
  examples: 9,
  recent: 3,
  executions: 4,
  folder: null,
  empty: null,
  failure: null,
};

test.each([
  ['all is well', well, undefined],
  ['a quiet week', { ...well, recent: 0, executions: 0 }, undefined],
  ['33 changes and nothing new', { ...well, recent: 0, executions: 33 }, /nothing new.*33 changes were made/],
  [
    'nothing at all',
    { ...well, examples: 0, empty: 'All of it is open.' },
    /no example.*All of it is open\.$/,
  ],
  ['not written', { ...well, failure: 'EACCES' }, /could not be written: EACCES/],
])('what is wrong with an export: %s', (_, exported, expected) => {
  const wrong = faultOf(exported);
  if (expected === undefined) expect(wrong).toBeUndefined();
  else expect(wrong).toMatch(expected);
});

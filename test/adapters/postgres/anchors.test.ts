import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAnchors, writeAnchors } from '../../../src/adapters/postgres/audit/anchor-file.ts';
import { dropAnchor } from '../../../src/adapters/postgres/audit/anchors.ts';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { priorities } from '../../../src/adapters/postgres/outbox/priority.ts';
import { prune } from '../../../src/adapters/postgres/retention/retention.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { noon } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* The head of the chain is noted outside the database, so that a tail that was cut off is found. */

let db: TestDatabase;
let folder: string;
let file: string;
beforeEach(async () => {
  db = await openDatabase();
  folder = await mkdtemp(join(tmpdir(), 'anchors-'));
  file = join(folder, 'anchors');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await db.close();
});

const { opened, movedTo } = rowsOf(() => db);
const minutes = (count: number) => new Date(Date.parse(noon) + count * 60_000).toISOString();
const dropped = (now: string, every = { minutes: 60, lines: 1_000 }) =>
  dropAnchor({ knex: db.knex, newId: randomUUID, channel: 'C0OPS', now, every });

const fileAnchors = async () => {
  const read = readAnchors(await readFile(file, 'utf8'));
  if ('wrongLine' in read) throw new Error(`line ${read.wrongLine} is wrong`);
  return read;
};

/** As somebody would who knows how the head is kept. */
const cutTail = (to: number) =>
  db.knex.raw(`delete from remediation_events where seq > ${to};
    update audit_head set seq = ${to}, hash = (select hash from remediation_events where seq = ${to})`);

test.each([
  ['nothing was appended', 0, 500, undefined],
  ['a line, and not an hour', 1, 59, undefined],
  ['a line and an hour', 1, 60, 1],
  ['as many lines as are told', 3, 0, 3],
  ['fewer, and not an hour', 2, 59, undefined],
])('%s', async (_, lines, at, expected) => {
  for (let count = 0; count < lines; count += 1) await opened();
  expect((await dropped(minutes(at), { minutes: 60, lines: 3 }))?.seq).toBe(expected);
});

test('none where there is no head', async () => {
  await opened();
  await db.knex.raw('delete from audit_head');
  expect(await dropped(minutes(60))).toBeUndefined();
});

test('once for each head, and again when the chain has grown and an hour has passed', async () => {
  await opened();
  expect(await dropped(minutes(60))).toBeDefined();
  expect(await dropped(minutes(600))).toBeUndefined();
  await opened();
  expect(await dropped(minutes(119))).toBeUndefined();
  expect((await dropped(minutes(120)))?.seq).toBe(2);
});

test('two replicas at once note a head once', async () => {
  await opened();
  const both = await Promise.all([dropped(minutes(60)), dropped(minutes(60))]);
  expect(both.filter((each) => each !== undefined)).toHaveLength(1);
});

test('the first of a day is a message of its own, after all others, and the next are in its thread', async () => {
  await opened();
  await dropped(minutes(60));
  await opened();
  const second = await dropped(minutes(120));
  const outbox = createOutbox({ ...db, liveness: { instance: 1, isLive: () => true, on: () => () => {} } });
  const [root, ...others] = await outbox.lease(10);
  expect(others).toEqual([]);
  if (root === undefined) throw new Error('it is due');
  expect(root).toMatchObject({
    channel: 'C0OPS',
    notice: { kind: 'reply', preformatted: expect.stringMatching(/^1:/) },
  });
  await outbox.settle(root, { kind: 'sent', channel: 'C0OPS', ts: '1.1' });
  await db.knex.raw('delete from slack_lanes');
  expect(await outbox.lease(10)).toMatchObject([
    { threadTs: '1.1', notice: { preformatted: `2:${second?.hash}` } },
  ]);
});

test('a message says how long the trail is and why that is kept, the first of a day by itself', async () => {
  await opened();
  const first = await dropped(minutes(60));
  await opened();
  const second = await dropped(minutes(120));
  await opened();
  const third = await dropped(minutes(1440));
  expect([first, second, third]).toMatchObject([
    { seq: 1, at: minutes(60) },
    { seq: 2, at: minutes(120) },
    { seq: 3, at: minutes(1440) },
  ]);
  const posts = await db
    .knex('slack_outbox')
    .where('key', 'like', 'anchor:%')
    .orderBy('seq')
    .select('key', 'kind', 'channel', 'root_key', 'notice', 'priority');
  const notice = (lines: number, hash = '') => ({
    kind: 'reply',
    headline: `The audit trail has ${lines} lines. Kept here, this shows later that none was cut off.`,
    preformatted: `${lines}:${hash}`,
    broadcast: false,
  });
  const common = { channel: 'C0OPS', priority: priorities.chatter };
  const today = `anchor:${noon.slice(0, 10)}`;
  const next = `anchor:${minutes(1440).slice(0, 10)}`;
  expect(posts).toEqual([
    { ...common, key: today, kind: 'anchor', root_key: null, notice: notice(1, first?.hash) },
    { ...common, key: 'anchor:2', kind: 'reply', root_key: today, notice: notice(2, second?.hash) },
    { ...common, key: next, kind: 'anchor', root_key: null, notice: notice(3, third?.hash) },
  ]);
});

test('of a file that is longer than what is read of its end each anchor is there once', async () => {
  for (let count = 1; count <= 9; count += 1) {
    await opened();
    await dropped(minutes(60 * count));
    if (count > 6) expect(await writeAnchors(db.knex, file)).toBe('written');
  }
  await appendFile(file, `2026-01-01T00:00:00.000Z 10:${'a'.repeat(64)}`);
  expect(await writeAnchors(db.knex, file)).toBe('written');
  const text = await readFile(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^2026-03-01T\d\d:00:00\.000Z \d:[0-9a-f]{64}$/);
  expect((await fileAnchors()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a file whose last line is of no head gets all anchors behind it', async () => {
  await opened();
  await dropped(minutes(60));
  await writeFile(file, 'nothing\n');
  expect(await writeAnchors(db.knex, file)).toBe('written');
  expect(readAnchors((await readFile(file, 'utf8')).replace('nothing\n', ''))).toMatchObject([{ seq: 1 }]);
});

test.each([
  ['the hash of that line is another', "update remediation_events set hash = repeat('f', 64)"],
  ['the chain has fewer lines', 'delete from remediation_events; update audit_head set seq = 0'],
  ['there is no head', 'delete from remediation_events; delete from audit_head'],
])('nothing is appended to a file whose last anchor no longer holds: %s', async (_name, sql) => {
  await opened();
  await dropped(minutes(60));
  await writeAnchors(db.knex, file);
  const before = await readFile(file, 'utf8');
  await db.knex.raw(sql);
  expect(await writeAnchors(db.knex, file)).toBe('contradicted');
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('the file has each anchor once, whoever was killed in between', async () => {
  await opened();
  await dropped(minutes(60));
  expect(await writeAnchors(db.knex, file)).toBe('written');
  await writeAnchors(db.knex, file);
  await appendFile(file, '2026-01-01T00:00:00.000Z 2:ab');
  await opened();
  await dropped(minutes(120));
  await writeAnchors(db.knex, file);
  expect((await fileAnchors()).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await verifyAudit(db.knex, sha256, undefined, await fileAnchors())).toMatchObject({
    kind: 'intact',
  });
});

test('a tail that was cut off, with the head row, is found by the file alone', async () => {
  await movedTo('waiting');
  await opened();
  await dropped(minutes(60));
  await writeAnchors(db.knex, file);
  await cutTail(3);
  await db.knex.raw(
    'delete from remediations where id not in (select remediation_id from remediation_events)',
  );
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact' });
  expect(await verifyAudit(db.knex, sha256, undefined, await fileAnchors())).toEqual({
    kind: 'broken',
    seq: 4,
    sentence: 'the tail was cut off: an anchor names line 4',
  });
  expect(await writeAnchors(db.knex, file)).toBe('contradicted');
});

test('a tail that was written anew is found', async () => {
  await movedTo('waiting');
  await dropped(minutes(60));
  await writeAnchors(db.knex, file);
  await cutTail(2);
  await db.knex.raw("update remediations set state = 'evaluated', version = 1, data = data");
  const anchors = await fileAnchors();
  await opened();
  await opened();
  expect(await verifyAudit(db.knex, sha256, undefined, anchors)).toMatchObject({ kind: 'broken' });
  expect(await writeAnchors(db.knex, file)).toBe('contradicted');
});

test('anchors of lines that were pruned are passed over, if there is a newer one', async () => {
  await opened();
  await db.knex.raw('delete from pgboss.job');
  await db.knex.raw("update remediations set state = 'expired'");
  await dropped(minutes(60));
  await writeAnchors(db.knex, file);
  // What was changed past the program would stay: the row goes the same way.
  await db.knex.raw('delete from remediations');
  const { retention } = policy.parse({ version: 1 });
  await prune({ knex: db.knex, sha256, retention, now: minutes(5000 * 1440), leastLines: 1 });
  const only = await fileAnchors();
  expect(await verifyAudit(db.knex, sha256, undefined, only)).toMatchObject({ kind: 'broken' });
  await opened();
  await dropped(minutes(5000 * 1440 + 60));
  await writeAnchors(db.knex, file);
  expect(await verifyAudit(db.knex, sha256, undefined, await fileAnchors())).toMatchObject({
    kind: 'intact',
  });
});

test('a line without a head is told by its number', async () => {
  await writeFile(file, `x 1:${'a'.repeat(64)}\nnothing\n`);
  expect(readAnchors(await readFile(file, 'utf8'))).toEqual({ wrongLine: 2 });
});

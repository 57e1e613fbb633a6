import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { dropAnchor } from '../../../src/adapters/postgres/audit/anchors.ts';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { recordPolicy } from '../../../src/adapters/postgres/audit/policy-changes.ts';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { grantsFor, rightsOnTables } from '../../../src/adapters/postgres/grants.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { prune } from '../../../src/adapters/postgres/retention/retention.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../../src/simulator/workloads.ts';
import { firebreak } from '../../cli/firebreak.ts';
import { openPlay, type Play } from '../../journey/play.ts';
import { administer } from '../../support/cluster.ts';
import { cloneDatabase, onlooker, openDatabase, type TestDatabase } from '../../support/database.ts';
import { untilFull } from '../../support/sandbox.ts';
import { sha256 } from '../../support/sha256.ts';
import { unhurried } from '../../support/unhurried.ts';
import { rowsOf } from './rows.ts';

/* Firebreak as a user of the database who owns nothing in it: whole, and without a way to change the audit chain. */

const { retention } = policy.parse({ version: 1 });
const role = `firebreak_${randomUUID().slice(0, 8)}`;
const password = randomUUID();

let owner: { url: string; drop: () => Promise<void> };
let url: string;
let cluster: SimulatedCluster;
let play: Play;

beforeAll(async () => {
  owner = await cloneDatabase();
  await administer(owner.url, [`create role ${role} login password '${password}'`]);
  const ours = new URL(owner.url);
  ours.username = role;
  ours.password = password;
  url = ours.href;
  const migrated = await firebreak(['schema', 'migrate', '--grant-to', role], { DATABASE_URL: owner.url });
  expect(migrated).toEqual({ code: 0, stdout: 'The schema was up to date.\n', stderr: '' });
  cluster = await createSimulatedCluster({ speed: 6 });
  for (const object of [
    namespace('shop'),
    deployment({ name: 'web', namespace: 'shop', image: 'registry.example/web:1.0.0', replicas: 2 }),
  ])
    cluster.apply(object);
  await untilFull(cluster.url, 1);
  play = await openPlay({
    database: { url, drop: async () => undefined },
    cluster: async (log) =>
      createCluster({ name: 'test', connection: plainConnection(cluster.url), log, ...unhurried }),
    namespaces: { production: ['shop'], protected: [] },
  });
});
afterAll(async () => {
  await play?.close();
  await cluster?.stop();
  await administer(owner.url, [`drop owned by ${role}`]);
  await owner.drop();
});

test('a remediation is asked for, approved, carried out, verified and told', async () => {
  const number = await play.ask('U0ALICE', 'rollout restart deployment/web -n shop');
  await play.click('U0BOB', await play.card(number, 'Approval needed'), 'approve');
  await play.card(number, 'Verified');
  const { rows } = await play.knex.raw(
    'select current_user as who, state from remediations where number = ?',
    [number],
  );
  expect(rows).toEqual([{ who: role, state: 'succeeded' }]);
});

test('policies and anchors are noted, and retention takes nothing of the chain that is of today', async () => {
  const knex = connect(url, 2);
  await recordPolicy(knex, { version: 1, productionFactor: 2 }, sha256);
  const every = { minutes: 1, lines: 1 };
  const now = new Date().toISOString();
  const noted = await dropAnchor({ knex, newId: randomUUID, channel: 'C0OPS', now, every });
  expect(noted?.seq).toBeGreaterThan(5);
  const far = new Date(Date.now() + 900 * 86_400_000).toISOString();
  const deleted = await prune({ knex, sha256, retention, now: far, leastLines: 1 });
  expect(deleted).toMatchObject({ objectHistory: 1 });
  expect(deleted).not.toHaveProperty('lines');
  expect(await verifyAudit(knex, sha256)).toEqual({ kind: 'intact', head: expect.anything() });
  await knex.destroy();
});

describe('behind a checkpoint', () => {
  let db: TestDatabase;
  let knex: Knex;
  const { movedTo } = rowsOf(() => db);
  const far = '2029-01-01T12:00:00.000Z';
  const pruned = () => prune({ knex, sha256, retention, now: far, leastLines: 1 });
  beforeEach(async () => {
    db = await openDatabase();
    for (const each of grantsFor(role)) await db.knex.raw(each);
    const ours = new URL(db.url);
    ours.username = role;
    ours.password = password;
    knex = connect(ours.href, 2);
    await recordPolicy(db.knex, { version: 1 }, sha256);
    await db.knex.raw(agePolicy);
    await movedTo('succeeded');
  });
  afterEach(async () => {
    await knex.destroy();
    await db.knex.raw(`drop owned by ${role}`);
    await db.close();
  });

  /** The policy is of today, by the clock of the database; its line is hashed anew, as the first of all. */
  const agePolicy = `update remediation_events set at = '2026-03-01T12:00:00Z';
    update remediation_events e set hash = audit_line_hash(e); update audit_head set hash = (select hash from remediation_events)`;

  test('old lines go, and old policies with them', async () => {
    await recordPolicy(knex, { version: 1, productionFactor: 2 }, sha256);
    expect(await pruned()).toMatchObject({ lines: 9, checkpoint: 1 });
    expect(await verifyAudit(knex, sha256)).toMatchObject({ kind: 'intact', from: { seq: 9 } });
  });

  test('a line that was changed is evidence and stays, with all before it', async () => {
    await prune({ knex, sha256, retention, now: far, leastLines: 1, most: 7 });
    await db.knex.raw("update remediation_events set event = 'x' where seq = 4");
    await expect(pruned()).rejects.toThrow('line 4 of the audit chain was changed: nothing was deleted');
    expect((await knex.raw('select count(*)::int as n from remediation_events where seq < 10')).rows).toEqual(
      [{ n: 9 }],
    );
  });

  test('a checkpoint that is not what its hash says prunes nothing', async () => {
    const to = `9:${'0'.repeat(64)}`;
    await knex.raw(
      `insert into remediation_events (seq, kind, event, from_state, to_state, data_digest, at, prev_hash, hash)
      values (99, 'checkpoint', 'checkpoint', ?, ?, '', now(), '', 'x')`,
      [`0:${'0'.repeat(64)}`, to],
    );
    await expect(knex.raw('select prune_audit_lines(1000)')).rejects.toThrow(
      'line 99 is no checkpoint that can be believed',
    );
  });

  test('the owner may set a greater age, and nobody a smaller one', async () => {
    for (const each of grantsFor(role, 4000)) await db.knex.raw(each);
    await knex.raw("set firebreak.audit_days = '0'");
    expect(await pruned()).not.toHaveProperty('lines');
    expect(await verifyAudit(knex, sha256)).toEqual({ kind: 'intact', head: expect.anything() });
  });
});

describe('refuses', () => {
  const forbidden = [
    "update remediation_events set event = 'x'",
    'delete from remediation_events',
    'truncate remediation_events',
    "update audit_anchors set hash = 'x'",
    'delete from audit_anchors',
    'truncate audit_anchors',
    'delete from audit_head',
    'insert into audit_head (id, seq, hash) values (2, 0, 0)',
    "update policy_changes set digest = 'x'",
    'delete from policy_changes',
    'drop table remediation_events',
    'alter table remediation_events disable trigger all',
    'alter function prune_audit_lines(integer) set firebreak.audit_days = 0',
    'create table mine (a int)',
    "create or replace function audit_line_hash(line remediation_events) returns text language sql as $$ select '' $$",
  ];
  test.each(forbidden)('%s', async (sql) => {
    const knex = onlooker(url);
    await expect(knex.raw(sql)).rejects.toThrow(/permission denied|must be owner/);
    await knex.destroy();
  });
});

test('every table has its rights', async () => {
  const knex = onlooker(owner.url);
  const { rows } = await knex.raw(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  await knex.destroy();
  expect(rows.map(({ name }: { name: string }) => name).toSorted()).toEqual(
    Object.keys(rightsOnTables).toSorted(),
  );
});

test('a schema that is behind is told in one sentence, and who is to bring it up to date', async () => {
  const admin = onlooker(owner.url);
  await admin.raw("delete from firebreak_migrations where name like '0035%'");
  const knex = connect(url, 1);
  await expect(migrate(knex)).rejects.toThrow(
    /^The database lacks 1 migrations, up to 0035-chain-upkeep.ts, and its user may not change the schema: run "firebreak schema migrate"/,
  );
  await knex.destroy();
  await admin.raw(
    "insert into firebreak_migrations (name, batch, migration_time) values ('0035-chain-upkeep.ts', 1, now())",
  );
  await admin.destroy();
});

test('the statements can be printed, and a name that is none is refused', async () => {
  const printed = await firebreak(['schema', 'grants', 'firebreak', '--audit-days', '800']);
  expect(printed.stdout).toContain('grant select, insert on remediation_events to "firebreak";\n');
  expect(printed.stdout).toContain("set firebreak.audit_days = '800';\n");
  expect(await firebreak(['schema', 'grants', 'x"; drop'])).toMatchObject({ code: 2, stdout: '' });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { recordPolicy } from '../../../src/adapters/postgres/audit/policy-changes.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

test('each policy that comes into force is written once, with its digest and what differs', async () => {
  const first = { version: 1, freezes: [], factor: 1.5 };
  const second = { ...first, factor: 2, trust: { minimum: 0.5 } };
  const digest = sha256(canonicalJson(first));
  expect(await recordPolicy(db.knex, first, sha256)).toEqual({ changed: true, digest, diff: [] });
  expect(await recordPolicy(db.knex, first, sha256)).toEqual({ changed: false, digest, diff: [] });
  const replicas = await Promise.all(Array.from({ length: 5 }, () => recordPolicy(db.knex, second, sha256)));
  const diff = ['factor: 1.5 -> 2', 'trust: null -> {"minimum":0.5}'];
  expect(replicas.filter(({ changed }) => changed)).toEqual([
    { changed: true, digest: sha256(canonicalJson(second)), diff },
  ]);
  const rows = await db.knex('policy_changes').orderBy('number');
  expect(rows).toMatchObject([
    { previous: null, diff: [], policy: first },
    {
      previous: rows[0].digest,
      diff,
      policy: second,
    },
  ]);
});

test('what PostgreSQL cannot hold is replaced before the digest is made, so that the audit finds it as it stands', async () => {
  await recordPolicy(db.knex, { version: 1, name: 'a\0b\ud800' }, sha256);
  expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
});

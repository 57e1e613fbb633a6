import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertsSince } from '../../../src/adapters/postgres/incidents/stored-alerts.ts';
import { firebreak } from '../../cli/firebreak.ts';
import { folderOf } from '../../fixtures/playbooks.ts';
import { alertOf } from '../../fixtures/script.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const many = 1100;

test('every stored alert comes once, over many pages', async () => {
  const alerts = Array.from({ length: many }, (_, index) => ({
    ...alertOf({ alertname: index % 2 === 0 ? 'A' : 'B', deployment: `web-${index}` }),
    fingerprint: `f-${index}`,
  }));
  await db.store.ingest(alerts);
  const found: string[] = [];
  for await (const { alert } of alertsSince(db.knex, '2000-01-01T00:00:00.000Z'))
    found.push(alert.fingerprint);
  expect(found.toSorted()).toEqual(alerts.map(({ fingerprint }) => fingerprint).toSorted());
});

test('playbook test says what would match, what not, and what names no object', async () => {
  const folder = folderOf({
    'a.yaml':
      'version: 1\nname: a\ndescription: d\nmatch: { labels: { alertname: A } }\naction: cordon {{node}}\n',
    'c.yaml':
      'version: 1\nname: c\ndescription: d\nmatch: { labels: { alertname: C } }\naction: cordon {{node}}\n',
  });
  const env = { DATABASE_URL: db.url };
  const { code, stdout, stderr } = await firebreak(
    ['playbook', 'test', '--playbooks', folder, '--since', '2000-01-01'],
    env,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    `${many} incidents tried.\na: ${many / 2}\nc: never matches\nNo playbook: B: ${many / 2}\n` +
      [...new Set(stdout.split('\n').filter((line) => line.startsWith('No object: ')))]
        .map((line) => `${line}\n`)
        .join(''),
  );
  expect(stdout).toMatch(/No object: A: The alert names the deployment "web-0" but no namespace\. \(1\)/);
});

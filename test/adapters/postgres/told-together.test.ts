import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

/* Alerts that nothing is proposed for: which messages and threads they become. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
beforeEach(() => db.knex.raw('truncate incidents, slack_outbox, slack_lanes, incident_evidence cascade'));
afterAll(() => db.close());

const owner = { key: 'test/shop/Deployment/web' };

/** Alerts that wait for triage, by their names. */
async function received(names: readonly string[]) {
  const alerts = names.map((alertname) => ({
    ...({ source: 'alertmanager', status: 'firing', fingerprint: randomUUID() } as const),
    ...{ labels: { alertname }, annotations: {}, startsAt: '2026-03-01T11:00:00.000Z' },
  }));
  await db.store.ingest(alerts);
  const rows = await db.knex('incidents').where('state', 'received').orderBy('number').select('id');
  const found = await Promise.all(rows.map(({ id }) => db.store.incident(id)));
  return found.flatMap((each) => each ?? []);
}

const nothing = { kind: 'no_action', reason: 'It is not so.' } as const;

/** Alerts that are triaged one after the other, each alone. */
async function arrive(names: readonly string[], triage: typeof nothing & { owner?: typeof owner }) {
  const ids: string[] = [];
  for (const name of names) {
    for (const incident of await received([name])) {
      await db.store.settleTriage(incident, triage);
      ids.push(incident.id);
    }
  }
  return ids;
}

const heads = async () =>
  (await db.knex('slack_outbox').where('kind', 'incident').orderBy('seq')).map((each) => each.incident_id);
const replies = async () =>
  (await db.knex('slack_outbox').where('kind', 'reply').orderBy('seq')).map(({ notice }) => notice.body);

test('an incident whose first alert was told among many gets its one thread with the next', async () => {
  await arrive(['A', 'B', 'C', 'D', 'E', 'F'], nothing);
  const [root] = await arrive(['G'], { ...nothing, owner });
  expect(await heads(), 'five, and one about many').toHaveLength(6);
  await db.knex('slack_lanes').delete();
  await arrive(['Flaps', 'Flaps', 'Down'], { ...nothing, owner });
  expect((await heads()).slice(6)).toEqual([root]);
  expect(await replies()).toEqual(['Flaps. It is not so.', 'Down. It is not so.']);
});

test('several of one owner that are triaged at once are one message', async () => {
  // Of one body they come in no order of their own.
  const incidents = (await received(['A', 'A', 'B'])).toSorted((a, b) => (a.title < b.title ? -1 : 1));
  await db.store.settleAsleep(
    incidents.map((incident) => ({ incident, triage: { ...nothing, about: 'shop/web: A', owner } })),
    [],
  );
  expect(await heads()).toEqual([incidents[0]?.id]);
  expect(await replies()).toEqual(['B. It is not so.']);
});

test('the story of an incident tells why nothing was proposed for it, once', async () => {
  const [root = ''] = await arrive(['Down', 'Down'], { ...nothing, owner });
  expect((await db.store.story(root))?.withheld).toMatchObject([{ name: 'Down', reason: 'It is not so.' }]);
});

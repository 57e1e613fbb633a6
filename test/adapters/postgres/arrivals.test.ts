import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createArrivals } from '../../../src/adapters/postgres/incidents/arrivals/arrivals.ts';
import { targetKey } from '../../../src/domain/action.ts';
import type { Evidence } from '../../../src/domain/incidents/evidence.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import type { Arrivals } from '../../../src/workflow/arrivals/arrivals-port.ts';
import { evidenceNotice } from '../../../src/workflow/intake/evidence.ts';
import { noon } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let arrivals: Arrivals;
beforeAll(async () => {
  db = await openDatabase();
  arrivals = createArrivals({ knex: db.knex, liveness: { on: () => () => {} } });
});
beforeEach(() =>
  db.knex.raw(
    'delete from slack_outbox; delete from slack_lanes; delete from incident_evidence; delete from automation_operation_log; delete from incidents',
  ),
);
afterAll(() => db.close());

const ownerOf = (name: string) => targetKey('test', { kind: 'Deployment', namespace: 'shop', name });

const alert = (fingerprint: string, severity?: string): Alert => ({
  fingerprint,
  status: 'firing',
  labels: { alertname: `Alert${fingerprint}`, ...(severity === undefined ? {} : { severity }) },
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
});

/** An alert about a workload, or about nobody knows what, for which nothing is proposed. */
async function arrives(fingerprint: string, owner: string | undefined, severity?: string): Promise<string> {
  await db.store.ingest([alert(fingerprint, severity)]);
  const [row] = await db.knex('incidents').where('state', 'received').select('id');
  const incident = await db.store.incident(row?.id ?? '');
  if (incident === undefined) throw new Error('it was just taken');
  const owned = owner === undefined ? {} : { owner: { key: ownerOf(owner) } };
  await db.store.settleTriage(incident, { kind: 'no_action', reason: 'No playbook matches it.', ...owned });
  return incident.id;
}

const evidence: Evidence = {
  at: noon,
  target: 'Deployment/web in shop',
  pods: ['1 of 3 pods are not ready: CrashLoopBackOff.'],
  images: [],
  changes: [],
  story: 'panic: it crashes',
  missing: ['events: no answer within 3 s'],
};
const seen = { evidence: { found: evidence, notice: evidenceNotice(evidence, noon) } };

test('an incident without a proposal is looked at, once, and its thread is told', async () => {
  const id = await arrives('a', 'web');
  const [arrival, ...others] = await arrivals.take(4);
  expect(others).toEqual([]);
  expect(arrival).toMatchObject({ id, ownerKey: ownerOf('web'), isSeen: false });
  expect(await arrivals.take(4)).toEqual([]);
  if (arrival === undefined) throw new Error('it is there');
  await arrivals.settle(arrival, seen);
  await arrivals.settle(arrival, seen);
  expect(await db.knex('incident_evidence').where('kind', 'arrival')).toMatchObject([
    { incident_id: id, payload: evidence },
  ]);
  const said = await db.knex('slack_outbox').where('key', `seen:${id}`);
  expect(said.map(({ notice }) => notice)).toMatchObject([
    {
      headline: 'Seen at 12:00 UTC',
      body: '1 of 3 pods are not ready: CrashLoopBackOff.\nNot seen: events: no answer within 3 s',
    },
  ]);
  expect((await db.store.story(id))?.evidence).toEqual(evidence);
});

test('the most severe of several are first, whatever came first', async () => {
  await arrives('a', 'web', 'info');
  const warning = await arrives('b', 'cart', 'warning');
  const critical = await arrives('c', 'search', 'Critical');
  const taken = await arrivals.take(2);
  expect(new Set(taken.map(({ id }) => id))).toEqual(new Set([warning, critical]));
});

test('a part of another incident is not, and neither is what nobody knows', async () => {
  await arrives('a', 'web');
  await arrives('b', 'web');
  await arrives('c', undefined);
  expect(await arrivals.take(4)).toHaveLength(1);
});

test('a look that was lost is begun anew', async () => {
  const id = await arrives('a', 'web');
  await arrivals.take(4);
  await db.knex.raw(`update incidents set evidence_due = evidence_due - interval '31 seconds'`);
  expect((await arrivals.take(4)).map((each) => each.id)).toEqual([id]);
});

test('two at once take each incident once', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await arrives(name, name);
  const taken = (await Promise.all([arrivals.take(3), arrivals.take(3)])).flat();
  expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
});

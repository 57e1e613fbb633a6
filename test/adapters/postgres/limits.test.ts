import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { targetKey } from '../../../src/domain/action.ts';
import type { Incident } from '../../../src/domain/incidents/incident.ts';
import type { Owned, Triage } from '../../../src/workflow/proposal.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import { alertOf } from '../../fixtures/script.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

/* How many incidents a playbook may propose something for, of one owner in a day and of all in an hour. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterEach(() =>
  db.knex.raw(`truncate incidents, slack_outbox, remediations, held_targets, incident_evidence, approvals, object_history,
    remediation_events, automation_operation_log, snapshots, incident_minutes, storms cascade; delete from pgboss.job`),
);
afterAll(() => db.close());

type Limits = Omit<NonNullable<Owned['limits']>, 'playbook'>;
interface Asked {
  readonly owner?: string;
  readonly playbook?: string;
  readonly limits: Limits;
}

async function incidents(count: number): Promise<readonly Incident[]> {
  const names = Array.from({ length: count }, () => randomUUID());
  await db.store.ingest(names.map((fingerprint) => ({ ...alertOf({ alertname: 'A' }), fingerprint })));
  return Promise.all(
    names.map(async (name) => {
      const [row] = await db.knex('incidents').whereLike('dedup_key', `%:${name}:%`);
      const found = await db.store.incident(row?.id ?? '');
      if (found === undefined) throw new Error(`there is no incident of ${name}`);
      return found;
    }),
  );
}

function wish({ owner = 'web', playbook = 'restart', limits }: Asked): Triage {
  const action = { ...restartOf(), target: { kind: 'Deployment', namespace: 'shop', name: owner } } as const;
  return {
    ...{ kind: 'proposal', playbook },
    proposal: {
      id: randomUUID(),
      action: { verb: 'rollout restart', target: action.target },
      requestedBy: { kind: 'playbook', playbook, alert: 'A' },
    },
    owner: {
      key: targetKey('test', action.target),
      coolDownSeconds: 0,
      limits: { playbook, ...limits },
    },
  };
}

/** Settles each by itself, or all in one commit; what was proposed is over at once. Answers why nothing is proposed, or null. */
async function settled(asked: readonly Asked[], together = false): Promise<(string | null)[]> {
  const found = await incidents(asked.length);
  const triaged = found.map((incident, index) => ({
    incident,
    triage: wish(asked[index] ?? { limits: {} }),
  }));
  const end = `update remediations set state = 'rejected', updated_at = ?::timestamptz - interval '1 minute' where state = 'requested'`;
  if (together) await db.store.settleAsleep(triaged, []);
  for (const { incident, triage } of together ? [] : triaged) {
    await db.store.settleTriage(incident, triage);
    await db.knex.raw(end, [noon]);
  }
  await db.knex.raw(end, [noon]);
  const told = await Promise.all(found.map(({ id }) => db.knex('incidents').where({ id }).first()));
  return told.map((row) => row.no_action);
}

const aDay: Limits = { perOwnerPerDay: 2 };
const anHour: Limits = { perHour: 2 };
const ofOwner =
  'Playbook restart: It has proposed something for 2 incidents of test/shop/Deployment/web in 24 hours, as many as its limits allow. People decide.';
const ofAll =
  'Playbook restart: It has proposed something for 2 incidents in an hour, as many as its limits allow. People decide.';
const age = (hours: number) =>
  db.knex.raw(`update remediations set created_at = created_at - ? * interval '1 hour'`, [hours]);

test.each<[string, Asked, Asked, string | null]>([
  ['the same playbook for the same owner', { limits: aDay }, { limits: aDay }, ofOwner],
  ['another owner', { limits: aDay }, { owner: 'api', limits: aDay }, null],
  ['another playbook', { limits: aDay }, { playbook: 'undo', limits: aDay }, null],
  ['of any owner in an hour', { owner: 'api', limits: anHour }, { limits: anHour }, ofAll],
  ['another playbook in an hour', { limits: anHour }, { playbook: 'undo', limits: anHour }, null],
  ['who has no limits', { limits: {} }, { limits: {} }, null],
])('after two: %s', async (_name, before, third, reason) => {
  expect(await settled([before, before])).toEqual([null, null]);
  expect(await settled([third])).toEqual([reason]);
  expect(await db.knex('remediations')).toHaveLength(reason === null ? 3 : 2);
});

test.each<[string, Limits, number, string | null]>([
  ['a day', aDay, 23, ofOwner],
  ['more than a day', aDay, 25, null],
  ['less than an hour', anHour, 0.9, ofAll],
  ['more than an hour', anHour, 1.1, null],
])('what is %s old', async (_name, limits, hours, reason) => {
  await settled([{ limits }, { limits }]);
  await age(hours);
  expect(await settled([{ limits }])).toEqual([reason]);
});

test('of what is settled together the first are counted for those after them', async () => {
  const wished = ['a', 'b', 'c'].map((owner) => ({ owner, limits: anHour }));
  expect(await settled([...wished, { owner: 'd', playbook: 'restart-more', limits: anHour }], true)).toEqual([
    null,
    null,
    ofAll,
    null,
  ]);
});

test('what joins the proposal for its owner is no second one', async () => {
  const once = { limits: { perHour: 1 } };
  const [first, second] = await settled([once, once], true);
  expect(first).toBeNull();
  expect(second).toContain('It joined');
});

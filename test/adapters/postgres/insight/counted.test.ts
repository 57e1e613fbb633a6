import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Remediation } from '../../../../src/domain/remediation.ts';
import { noon } from '../../../fixtures/facts.ts';
import { digest, firstApprover, transitionTo, verified } from '../../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../../support/database.ts';
import { rowsOf } from '../rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterEach(() =>
  db.knex.raw(`truncate incidents, slack_outbox, remediations, held_targets, incident_evidence, approvals, object_history,
    remediation_events, automation_operation_log cascade; update audit_head set seq = 0, hash = repeat('0', 64)`),
);
afterAll(() => db.close());

const { proposal, opened, movedTo } = rowsOf(() => db);
const seconds = (count: number) => new Date(Date.parse(noon) + count * 1000).toISOString();
const day = 86_400;

const counted = (more: object = {}) =>
  db.store.counted({ since: seconds(-day), now: seconds(2 * day), ...more }).then((found) => found.counted);
const byPlaybook = (name = 'restart') =>
  opened({ ...proposal(), requestedBy: { kind: 'playbook', playbook: name, alert: 'A' } });

/** As the events and messages would tell it, had it taken so long. */
const timed = async (
  { id, incidentId }: Pick<Remediation, 'id' | 'incidentId'>,
  { alert = 0, posted, waiting, approved, started, concluded }: Record<string, number>,
) => {
  const event = (to: string, at: number | undefined) =>
    at === undefined
      ? undefined
      : db
          .knex('remediation_events')
          .where({ remediation_id: id, to_state: to })
          .update({ at: seconds(at) });
  await db
    .knex('incidents')
    .where({ id: incidentId })
    .update({ created_at: seconds(alert) });
  await event('waiting', waiting);
  await event('approved', approved);
  await event('learning', concluded);
  if (started !== undefined)
    await db
      .knex('remediations')
      .where({ id })
      .update({
        data: db.knex.raw(`jsonb_set(data, '{startedAt}', to_jsonb(?::text))`, [seconds(started)]),
      });
  if (posted !== undefined)
    await db.knex('slack_outbox').insert({
      id,
      key: `card:${id}`,
      kind: 'card',
      channel: 'C0OPS',
      incident_id: incidentId,
      notice: { kind: 'card', remediationId: id },
      priority: 0,
      ts: '1.1',
      sent_revision: 1,
      posted_at: seconds(posted),
    });
};

test('times: from the alert to the card, from there to the approval, from the start to the verdict', async () => {
  const row = await movedTo('succeeded', await byPlaybook());
  await timed(row, { alert: -30, posted: 4, waiting: 3, approved: 64, started: 70, concluded: 100 });
  expect(await counted()).toEqual([
    {
      number: row.number,
      verb: 'rollout restart',
      playbook: 'restart',
      tier: 'human',
      state: 'succeeded',
      standing: 'verified',
      isCarriedOut: true,
      isVerified: true,
      cardSeconds: 34,
      approvalSeconds: 60,
      verdictSeconds: 30,
      approvals: 0,
    },
  ]);
});

test.each([
  ['a command is timed from itself on', opened, 4],
  ['a card whose message came in before its time was read has none below nothing', byPlaybook, 4],
])('%s', async (_, open, card) => {
  const row = await movedTo('waiting', await open());
  await timed(row, { posted: 4 });
  expect(await counted()).toMatchObject([{ cardSeconds: card }]);
});

test('what comes later in the incident of an alert is timed from itself on', async () => {
  const first = await byPlaybook();
  const later = await byPlaybook();
  await db.knex('remediations').where({ id: later.id }).update({ incident_id: first.incidentId });
  await timed({ id: later.id, incidentId: first.incidentId }, { alert: -600, posted: 5 });
  expect((await counted()).map(({ cardSeconds }) => cardSeconds)).toEqual([undefined, 5]);
});

test('a clock that is behind makes no time negative', async () => {
  await timed(await movedTo('waiting'), { posted: -5 });
  expect(await counted()).toMatchObject([{ cardSeconds: 0 }]);
});

test('what waits, for how long, and how many have approved', async () => {
  const row = await movedTo('waiting');
  await timed(row, { posted: 10, waiting: 1 });
  await db.store.vote(row.id, () => ({
    answer: { kind: 'recorded', sentence: '' },
    approval: { actor: firstApprover, decision: 'approve', digest, at: noon },
  }));
  expect(await counted({ now: seconds(70) })).toMatchObject([{ waitingSeconds: 60, approvals: 1 }]);
});

test('what was not carried out, and what did not help', async () => {
  const waiting = await movedTo('waiting');
  await db.store.transition(waiting, transitionTo(waiting, 'expired'));
  const verifying = await movedTo('verifying');
  const verdict = { ...verified, result: 'not_verified' } as const;
  const learning = transitionTo(verifying, 'learning', [], { verdict });
  await db.store.transition(verifying, learning);
  await db.store.transition(learning.next, transitionTo(learning.next, 'failed', [], { verdict }));
  expect(await counted()).toMatchObject([
    { state: 'expired', standing: 'not carried out', isCarriedOut: false, isVerified: false },
    { state: 'failed', standing: 'not_verified', isCarriedOut: true, isVerified: false },
  ]);
});

test('only of a time, a playbook or a namespace, and only where the person may see', async () => {
  const elsewhere = { kind: 'Deployment', namespace: 'web', name: 'a' } as const;
  const node = { kind: 'Node', name: 'n' } as const;
  await opened({ ...proposal(), action: { verb: 'rollout restart', target: elsewhere } });
  const { cluster } = await opened({ ...proposal(), action: { verb: 'cordon', target: node } });
  await byPlaybook('grow');
  const numbers = async (more: object) => (await counted(more)).length;
  expect(await numbers({})).toBe(3);
  expect(await numbers({ since: seconds(1) })).toBe(0);
  expect(await numbers({ playbook: 'grow' })).toBe(1);
  expect(await numbers({ playbook: 'gro' })).toBe(0);
  expect(await numbers({ namespace: 'web' })).toBe(1);
  const at = (namespace: string, where = cluster) => ({ cluster: where, namespace });
  expect(await numbers({ namespaces: [at('web'), at('-')] })).toBe(2);
  expect(await numbers({ namespaces: [at('web', 'elsewhere')] })).toBe(0);
  expect(await numbers({ cluster })).toBe(3);
  expect(await numbers({ cluster: 'elsewhere' })).toBe(0);
  expect(await numbers({ namespaces: [] })).toBe(0);
  const namespaces = await db.store.namespacesSince(seconds(-day));
  expect(namespaces.map(({ cluster: where, namespace }) => `${where}/${namespace}`).toSorted()).toEqual(
    ['-', 'shop', 'web'].map((namespace) => `${cluster}/${namespace}`),
  );
});

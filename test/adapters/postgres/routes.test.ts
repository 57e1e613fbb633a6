import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chosenChannel, placeOf, placeOfAlert } from '../../../src/adapters/postgres/outbox/routes.ts';
import type { Statement } from '../../../src/adapters/postgres/sql.ts';
import { targetKey } from '../../../src/domain/action.ts';
import type { Candidate, Place } from '../../../src/domain/policy/channels.ts';
import { candidatesFor } from '../../../src/domain/policy/channels.ts';
import { policy } from '../../../src/domain/policy/policy.ts';
import { type Remediation, remediation, type State } from '../../../src/domain/remediation.ts';
import type { SideEffect } from '../../../src/workflow/ports.ts';
import type { Proposal } from '../../../src/workflow/proposal.ts';
import { deploymentFacts, restartOf } from '../../fixtures/facts.ts';
import { remediationIn, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

const routing = policy.parse({
  version: 1,
  channels: [
    { namespaces: ['shop'], severity: ['critical'], channel: 'C0PAGE' },
    { namespaces: ['shop'], channel: 'C0SHOP' },
    { namespaces: ['blog'], channel: 'C0BLOG' },
  ],
});

let db: TestDatabase;
let now: Pick<typeof routing, 'channels' | 'environments'> = routing;
beforeAll(async () => {
  db = await openDatabase({ route: (place) => candidatesFor(now, place, 'C0OPS') });
});
beforeEach(() => db.knex.raw('truncate incidents, remediations, held_targets, slack_outbox cascade'));
afterAll(() => db.close());

const card: SideEffect = { kind: 'card' };
const said: SideEffect = {
  kind: 'reply',
  key: 'said',
  notice: { kind: 'reply', headline: 'Said.', broadcast: false },
};
const channelsOf = (id: string) =>
  db
    .knex('slack_outbox')
    .where({ key: `card:${id}` })
    .orWhere({ root_key: `card:${id}` })
    .orderBy('seq')
    .pluck('channel');

async function moved(id: string, to: State, ...sideEffects: SideEffect[]): Promise<void> {
  const row = await db.store.load(id);
  if (row === undefined) throw new Error('the remediation is there');
  await db.store.transition(row, transitionTo(row, to, sideEffects));
}

async function asked(): Promise<string> {
  const id = randomUUID();
  const requestedBy = { kind: 'person', actor: requester } as const;
  await db.store.open({ id, action: restartOf(), requestedBy }, randomUUID());
  return id;
}

async function alerted(
  severity: string,
  namespace = 'shop',
  more: Record<string, string> = {},
): Promise<{ id: string; incident: string }> {
  const fingerprint = randomUUID();
  const labels = { alertname: 'KubePodCrashLooping', namespace, severity, ...more };
  const startsAt = '2026-03-01T12:00:00.000Z';
  await db.store.ingest([
    { fingerprint, status: 'firing', labels, annotations: {}, startsAt, source: 'alertmanager' },
  ]);
  const [row] = await db.knex('incidents').whereLike('dedup_key', `%:${fingerprint}:%`);
  const incident = await db.store.incident(row?.id ?? '');
  if (incident === undefined) throw new Error('the incident is there');
  const proposal: Proposal = {
    id: randomUUID(),
    action: restartOf(),
    requestedBy: { kind: 'playbook', playbook: 'restart', alert: 'KubePodCrashLooping' },
  };
  const owner = { key: targetKey('test', restartOf().target), coolDownSeconds: 0 };
  await db.store.settleTriage(
    incident,
    namespace === 'shop'
      ? { kind: 'proposal', playbook: 'restart', proposal, owner }
      : { kind: 'no_action', reason: 'No playbook matches.' },
  );
  return { id: proposal.id, incident: incident.id };
}

const place = { cluster: 'test', namespace: 'shop' };
const chosen = (route?: () => readonly Candidate[]) =>
  chosenChannel({ channel: 'C0OPS', ...(route && { route }) }, place, 'of the incident');

test.each<[string, Statement, readonly unknown[]]>([
  ['none is configured: the usual one', chosen(), ['C0OPS']],
  ['there is no candidate: the usual one', chosen(() => []), ['C0OPS']],
  [
    'there is one, whatever the alerts say',
    chosen(() => [{ channel: 'C0ONE', severity: ['page'] }]),
    ['C0ONE'],
  ],
])('no alert is read where %s', (_name, { sql, bindings }, expected) => {
  expect(sql).toBe('?::text');
  expect(bindings).toEqual(expected);
});

describe('the place by which a channel is chosen', () => {
  const facts = { ...deploymentFacts(), namespace: { name: 'seen', labels: { team: 'a' } } };
  const identity = { ...facts.identity, labels: { app: 'web' }, annotations: { channel: 'C0ONE' } };
  const evaluated = { ...remediationIn('evaluated'), cluster: 'prod' };
  test.each<[string, Remediation, Place]>([
    [
      'as it was seen',
      remediation.parse({ ...evaluated, facts: { ...facts, identity } }),
      {
        ...{ cluster: 'prod', namespace: 'seen', namespaceLabels: { team: 'a' } },
        ...{ labels: { app: 'web' }, annotations: { channel: 'C0ONE' } },
      },
    ],
    [
      'of something that is in no namespace',
      remediation.parse({ ...evaluated, facts: { ...facts, namespace: undefined, identity } }),
      { cluster: 'prod', namespace: 'shop', labels: { app: 'web' }, annotations: { channel: 'C0ONE' } },
    ],
    [
      'before it was looked at',
      { ...remediationIn('requested'), cluster: 'prod' },
      { cluster: 'prod', namespace: 'shop' },
    ],
  ])('is what a card is about, %s', (_name, subject, expected) => {
    expect(placeOf(subject)).toEqual(expected);
  });

  test('of no alert is its cluster', () => {
    expect(placeOfAlert('prod', undefined)).toEqual({ cluster: 'prod' });
  });
});

test('a card goes to the channel of its namespace, and what is said about it into its thread', async () => {
  const id = await asked();
  await moved(id, 'evaluated', card, said);
  expect(await channelsOf(id)).toEqual(['C0SHOP', 'C0SHOP']);
});

test('a later policy moves no thread', async () => {
  const id = await asked();
  await moved(id, 'evaluated', card);
  now = { ...routing, channels: [] };
  await moved(id, 'failed', card, said);
  now = routing;
  expect(await channelsOf(id)).toEqual(['C0SHOP', 'C0SHOP']);
});

test('an alert of a severity that has a channel of its own', async () => {
  const { id } = await alerted('CRITICAL');
  await moved(id, 'evaluated', card);
  expect(await channelsOf(id)).toEqual(['C0PAGE']);
});

test('an alert of another severity', async () => {
  const { id } = await alerted('warning');
  await moved(id, 'evaluated', card);
  expect(await channelsOf(id)).toEqual(['C0SHOP']);
});

test.each([
  ['blog', {}],
  ['monitoring', { exported_namespace: 'blog' }],
  ['monitoring', { k8s_namespace_name: 'blog' }],
])(
  'an alert for which nothing is done goes by the namespace that it names: %s, %o',
  async (namespace, more) => {
    const { incident } = await alerted('warning', namespace, more);
    expect(await db.knex('slack_outbox').where({ incident_id: incident }).pluck('channel')).toEqual([
      'C0BLOG',
    ]);
  },
);

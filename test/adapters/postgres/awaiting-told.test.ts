import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tellAwaiting } from '../../../src/adapters/postgres/jobs/awaiting-told.ts';
import { createOutbox } from '../../../src/adapters/postgres/outbox/outbox.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());
beforeEach(() =>
  db.knex.raw('delete from slack_outbox; delete from slack_lanes; truncate incidents, remediations cascade'),
);

/** So many alerts that wait for a cluster since an instant. */
const wait = (cluster: string, count: number, since: string, labels?: Readonly<Record<string, string>>) =>
  db.knex('incidents').insert(
    Array.from({ length: count }, () => ({
      ...{ id: randomUUID(), state: 'received', dedup_key: randomUUID(), title: 'Down' },
      ...{ created_at: since, woken_at: 'infinity', awaits_cluster: cluster },
      ...(labels === undefined ? {} : { alert: { labels } }),
    })),
  );
const telling = () => ({
  ...{ knex: db.knex, newId: randomUUID, channel: 'C0OPS', clusters: ['eu', 'us'] },
  route: ({ cluster, namespace }: { readonly cluster: string; readonly namespace?: string | undefined }) =>
    namespace === 'shop'
      ? [{ channel: 'C0SHOP' }]
      : cluster === 'us'
        ? [{ channel: 'C0BAD', severity: ['critical'] }, { channel: 'C0US' }]
        : [{ channel: 'C0OPS' }],
});
const tell = (now: string) => tellAwaiting(telling(), now);
const said = async () =>
  (await db.knex('slack_outbox').orderBy('seq')).map(({ key, channel, notice, desired_revision: edits }) => ({
    ...{ key, channel, edits, said: notice.headline },
  }));

const noon = '2026-03-01T12:00:00.000Z';
const key = 'awaits:us:C0US:2026-03-01T12';
const waiting = (alerts: string, since = '12:00') =>
  `${alerts} for the API of the cluster us, which does not answer; the oldest since ${since} UTC.`;
const over = 'No alert waits for the API of the cluster us any more.';

test('nothing is said while nothing waits', async () => {
  await tell(noon);
  expect(await said()).toEqual([]);
});

test('what waits for a cluster is one message in its channel, brought up to date until nothing waits', async () => {
  await wait('us', 1, noon);
  await tell('2026-03-01T12:00:30.000Z');
  const message = { key, channel: 'C0US' };
  expect(await said()).toEqual([{ ...message, edits: 1, said: waiting('1 alert waits') }]);
  await wait('us', 11, '2026-03-01T12:01:00.000Z');
  for (let replica = 0; replica < 3; replica += 1) await tell('2026-03-01T12:01:10.000Z');
  expect(await said()).toEqual([{ ...message, edits: 2, said: waiting('12 alerts wait') }]);
  await db.knex('incidents').delete();
  for (let replica = 0; replica < 3; replica += 1) await tell('2026-03-01T12:02:00.000Z');
  expect(await said()).toEqual([{ ...message, edits: 3, said: over }]);
  await wait('us', 1, '2026-03-01T12:50:00.000Z');
  await tell('2026-03-01T12:50:30.000Z');
  expect(await said()).toEqual([{ ...message, edits: 4, said: waiting('1 alert waits', '12:50') }]);
});

test('an outage that lasts into the next hour ends both of its messages, and a new one leaves the old in peace', async () => {
  await wait('us', 1, '2026-03-01T12:58:00.000Z');
  await tell('2026-03-01T12:58:30.000Z');
  await db.knex('incidents').delete();
  await wait('us', 1, '2026-03-01T13:01:00.000Z');
  await tell('2026-03-01T13:01:30.000Z');
  const told = waiting('1 alert waits', '13:01');
  expect((await said()).map(({ said: text }) => text)).toEqual([told, told]);
  await db.knex('incidents').delete();
  await tell('2026-03-01T13:02:00.000Z');
  expect((await said()).map(({ said: text }) => text)).toEqual([over, over]);
  await wait('us', 1, '2026-03-01T13:20:00.000Z');
  await tell('2026-03-01T13:20:30.000Z');
  expect((await said()).map(({ said: text }) => text)).toEqual([over, waiting('1 alert waits', '13:20')]);
});

test('an outage of many hours leaves no message that says that something waits', async () => {
  const later = 'A later message says how many alerts wait for the API of the cluster us.';
  await wait('us', 1, noon);
  await tell(noon);
  await tell('2026-03-01T14:00:00.000Z');
  expect((await said()).map(({ said: text }) => text)).toEqual([later]);
  await db.knex('incidents').delete();
  await wait('us', 1, '2026-03-01T15:00:00.000Z');
  await tell('2026-03-01T15:00:30.000Z');
  expect((await said()).map(({ said: text }) => text)).toEqual([later, waiting('1 alert waits', '15:00')]);
  await db.knex('incidents').delete();
  await tell('2026-03-02T03:00:00.000Z');
  expect((await said()).map(({ said: text }) => text)).toEqual([over, over]);
});

test('what a version says that counts otherwise is left to it', async () => {
  const notice = { kind: 'reply', broadcast: false, headline: '2 alerts wait' };
  await db.knex.raw(
    `insert into slack_outbox (id, key, kind, channel, notice, priority) values (?, ?, 'notice', 'C0US', ?, 3)`,
    [randomUUID(), 'away:us:C0US:2026-03-01T12', JSON.stringify(notice)],
  );
  await wait('us', 1, noon);
  await tell(noon);
  expect((await said()).map(({ said: text }) => text)).toEqual(['2 alerts wait', waiting('1 alert waits')]);
  await db.knex('incidents').delete();
  await tell(noon);
  expect((await said()).map(({ said: text }) => text)).toEqual(['2 alerts wait', over]);
});

test('each cluster has its own', async () => {
  await wait('us', 1, noon);
  await wait('eu', 2, noon);
  await tell(noon);
  const channels = (await said()).map(({ channel, said: text }) => [channel, text.slice(0, 8)]);
  expect(channels.toSorted()).toEqual([
    ['C0OPS', '2 alerts'],
    ['C0US', '1 alert '],
  ]);
});

test('one cluster answers again while another goes on being silent in the same channel', async () => {
  const inOne = { ...telling(), route: () => [{ channel: 'C0OPS' }] };
  await wait('us', 1, noon);
  await wait('eu', 2, noon);
  await tellAwaiting(inOne, noon);
  await db.knex('incidents').where({ awaits_cluster: 'us' }).delete();
  await tellAwaiting(inOne, '2026-03-01T12:01:00.000Z');
  const texts = (await said()).map(({ key: of, said: text }) => `${of}: ${text.slice(0, 8)}`);
  expect(texts.toSorted()).toEqual([
    'awaits:eu:C0OPS:2026-03-01T12: 2 alerts',
    'awaits:us:C0OPS:2026-03-01T12: No alert',
  ]);
});

test.each([
  ['the older first', '12:01', '12:05'],
  ['the newer first', '12:05', '12:01'],
])('of several places in one channel the oldest is named, %s', async (_name, ...times) => {
  for (const [at, time] of times.entries())
    await wait('us', 1, `2026-03-01T${time}:00.000Z`, { namespace: `place-${at}` });
  await tell('2026-03-01T12:06:00.000Z');
  expect((await said()).map(({ said: text }) => text)).toEqual([waiting('2 alerts wait', '12:01')]);
});

test('where no policy says the channel, the usual one is told', async () => {
  const { route: _route, ...plain } = telling();
  await wait('us', 1, noon, { namespace: 'shop' });
  await tellAwaiting(plain, noon);
  expect(await said()).toMatchObject([{ channel: 'C0OPS', said: waiting('1 alert waits') }]);
  await db.knex('slack_outbox').delete();
  await tellAwaiting({ ...plain, route: () => [] }, noon);
  expect(await said()).toMatchObject([{ channel: 'C0OPS', said: waiting('1 alert waits') }]);
});

test('none of it is told to the whole channel twice: each is a plain message', async () => {
  await wait('us', 1, noon);
  await tell(noon);
  await tell('2026-03-01T14:00:00.000Z');
  await wait('us', 1, '2026-03-01T15:00:00.000Z');
  await db.knex('incidents').where({ created_at: noon }).delete();
  await tell('2026-03-01T15:00:30.000Z');
  await db.knex('incidents').delete();
  await wait('eu', 1, noon);
  await tell('2026-03-01T15:01:00.000Z');
  const notices = (await db.knex('slack_outbox')).map(({ notice }) => notice);
  expect(notices).toHaveLength(3);
  for (const notice of notices) expect(notice).toMatchObject({ kind: 'reply', broadcast: false });
});

describe('where teams have channels of their own', () => {
  const channels = async () =>
    (await said()).map(({ channel, said: text }) => `${channel}: ${text.slice(0, 8)}`).toSorted();

  test('each is told of its own alerts, in one message, until none of them waits', async () => {
    await wait('us', 2, noon, { namespace: 'shop' });
    await wait('us', 1, noon, { namespace: 'kube-system', exported_namespace: 'shop' });
    await wait('us', 1, noon, { namespace: 'other', severity: 'Critical' });
    await wait('us', 4, noon, { namespace: 'other' });
    for (let replica = 0; replica < 2; replica += 1) await tell(noon);
    expect(await channels()).toEqual(['C0BAD: 1 alert ', 'C0SHOP: 3 alerts', 'C0US: 4 alerts']);
    await db.knex.raw(`delete from incidents where alert->'labels' @> '{"namespace": "shop"}'`);
    await tell('2026-03-01T12:01:00.000Z');
    expect(await channels()).toEqual(['C0BAD: 1 alert ', 'C0SHOP: 1 alert ', 'C0US: 4 alerts']);
    await db.knex('incidents').delete();
    await tell('2026-03-01T14:02:00.000Z');
    expect(new Set((await said()).map(({ said: text }) => text))).toEqual(new Set([over]));
  });

  test('a channel that no route leads to any more is told when none waits, or when those of another channel do', async () => {
    const reroute = (channel: string) => ({ ...telling(), route: () => [{ channel }] });
    await wait('us', 1, noon);
    await wait('eu', 1, noon);
    await tellAwaiting(reroute('C0GONE'), noon);
    await tellAwaiting(reroute('C0NEW'), '2026-03-01T12:01:00.000Z');
    const told = async () =>
      (await said()).map(({ key: of, said: text }) => `${of}: ${text.slice(0, 8)}`).toSorted();
    expect(await told()).toEqual([
      'awaits:eu:C0GONE:2026-03-01T12: No alert',
      'awaits:eu:C0NEW:2026-03-01T12: 1 alert ',
      'awaits:us:C0GONE:2026-03-01T12: No alert',
      'awaits:us:C0NEW:2026-03-01T12: 1 alert ',
    ]);
    await db.knex('incidents').where({ awaits_cluster: 'us' }).delete();
    await tell('2026-03-01T12:02:00.000Z');
    expect(
      (await said()).filter(({ key: of }) => of.startsWith('awaits:us')).map(({ said: text }) => text),
    ).toEqual([over, over]);
  });

  test('so it is with what was proposed, by its target and its alert', async () => {
    const { opened, proposal } = rowsOf(() => db);
    const requestedBy = { kind: 'playbook', playbook: 'restart', alert: 'Down', claim: 'none' } as const;
    const [row, severe] = [
      await opened({ ...proposal(), requestedBy }),
      await opened({ ...proposal(), requestedBy }),
    ];
    await db.knex('remediations').whereIn('id', [row.id, severe.id]).update({ awaits_cluster: 'us' });
    const elsewhere = `jsonb_set(data, '{action,target,namespace}', '"other"')`;
    await db.knex.raw(`update remediations set data = ${elsewhere} where id = ?`, [severe.id]);
    const alert = { labels: { severity: 'critical' } };
    await db.knex('incidents').where({ id: severe.incidentId }).update({ alert });
    await tell(noon);
    expect(await channels()).toEqual(['C0BAD: 1 alert ', 'C0SHOP: 1 alert ']);
  });
});

test('is posted as it is, and edited not sooner than half a minute later', async () => {
  const live = { instance: 1, on: () => () => {}, isLive: () => true };
  const outbox = createOutbox({ knex: db.knex, queue: db.queue, liveness: live });
  await wait('us', 1, noon);
  await tell(noon);
  const [post] = await outbox.lease(10);
  if (post === undefined) throw new Error('nothing is to be sent');
  expect(post.notice).toEqual({
    ...{ kind: 'reply', broadcast: false, headline: waiting('1 alert waits') },
    body: 'They are looked at when it answers, including those that are resolved by then. An alert waits for ten minutes, and what was proposed for it for ten more. Nothing is changed meanwhile.',
  });
  await outbox.markSending(post);
  await outbox.settle(post, { kind: 'sent', channel: 'C0US', ts: '1.1' });
  await db.knex('incidents').delete();
  await tell(noon);
  await db.knex('slack_lanes').delete();
  expect(await outbox.lease(10)).toEqual([]);
  await db.knex.raw(`update slack_outbox set next_attempt_at = next_attempt_at - interval '30 seconds'`);
  expect(await outbox.lease(10)).toMatchObject([{ ts: '1.1', notice: { headline: over } }]);
});

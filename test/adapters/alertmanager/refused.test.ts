import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seeAlertmanager } from '../../../src/adapters/alertmanager/examine.ts';
import { createSilencer } from '../../../src/adapters/alertmanager/silencer.ts';
import { createMetrics } from '../../../src/adapters/metrics/metrics.ts';
import { observedSilencer } from '../../../src/adapters/metrics/observed.ts';
import { createSilences } from '../../../src/adapters/postgres/silences/silences.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { keepSilences } from '../../../src/workflow/silences/keep.ts';
import { silentLog } from '../../fixtures/log.ts';
import { alertOf } from '../../fixtures/script.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from '../postgres/rows.ts';

/* An Alertmanager that does not do what is wanted, as proxies before it and rights within it have it. */

let db: TestDatabase;
let server: Server;
let url: string;
/** What it answers to a method; everything is well unless told. */
let answers: Partial<Record<string, number>> = {};
let made: string[] = [];
let ended: string[] = [];

beforeAll(async () => {
  db = await openDatabase();
  server = createServer((request, response) => {
    const { method = '', url: path = '' } = request;
    const status = answers[method] ?? 200;
    request.resume();
    request.on('end', () => {
      if (status !== 200) return response.writeHead(status).end('"a reason, token=hunter2hunter2"');
      if (method === 'POST') made.push(`s-${made.length}`);
      if (method === 'DELETE') ended.push(path.split('/').at(-1) ?? '');
      const uptime = new Date(0).toISOString();
      const bodies: Record<string, unknown> = { '/api/v2/status': { uptime } };
      return response.end(
        JSON.stringify(method === 'POST' ? { silenceID: made.at(-1) } : (bodies[path] ?? [])),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
});
beforeEach(() => {
  answers = {};
  made = [];
  ended = [];
});
afterAll(async () => {
  server?.close();
  await db?.close();
});

const { opened } = rowsOf(() => db);
const silences = () => createSilences({ knex: db.knex, newId: randomUUID, channel: 'C0OPS' });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const keep = (
  clock = () => new Date().toISOString(),
  stored = silences(),
  silencer = createSilencer({ url }),
) =>
  keepSilences(
    {
      ...{ silences: stored, silencer },
      ...{ ingest: db.store.ingest, clock, log: silentLog },
    },
    new AbortController().signal,
  );

let count = 0;
async function asked(alerts = 1, endsAt = inAnHour()): Promise<Remediation> {
  count += 1;
  const row = await opened();
  const fingerprints = Array.from({ length: alerts }, (_, n) => `refused-${count}-${n}`);
  await db.store.ingest(
    fingerprints.map((fingerprint) => ({ ...alertOf({ alertname: 'A', pod: fingerprint }), fingerprint })),
  );
  const join = `update incidents set joined = ? where alert->>'fingerprint' = any (?)`;
  await db.knex.raw(join, [row.incidentId, fingerprints]);
  await silences().ask(row, { by: 'U0ALICE', endsAt });
  return row;
}

const said = async ({
  incidentId,
}: Remediation): Promise<{ headline: string; body?: string; by?: string }[]> =>
  (
    await db.knex('slack_outbox').where('incident_id', incidentId).andWhere('kind', 'reply').orderBy('seq')
  ).map(({ notice }) => notice);
const due = () => db.knex.raw(`update silences set leased_until = now() - interval '1 second'`);
const over = (row: Remediation) =>
  db.knex.raw(`update remediations set state = 'rejected' where id = ?`, [row.id]);

describe('a silence that Alertmanager refuses', () => {
  test.each([400, 401, 403, 422])(
    'with %i is told once, with its reason, and not asked for again',
    async (status) => {
      const row = await asked();
      answers = { POST: status };
      await keep();
      answers = {};
      await due();
      await keep();
      expect(made).toEqual([]);
      expect(await said(row)).toEqual([
        expect.objectContaining({
          headline: '1 alert could not be silenced, as asked for by',
          by: 'U0ALICE',
          body: expect.stringContaining(`Alertmanager answered ${status} to POST silences`),
        }),
      ]);
      expect(JSON.stringify(await said(row))).not.toContain('hunter2');
      await over(row);
    },
  );

  test('may be asked for again by a person', async () => {
    const row = await asked();
    answers = { POST: 403 };
    await keep();
    answers = {};
    expect(await silences().shown(row)).toBe('possible');
    expect(await silences().ask(row, { by: 'U0BOB', endsAt: inAnHour() })).toMatchObject({ kind: 'asked' });
    await keep();
    expect(made).toHaveLength(1);
    expect((await said(row)).map(({ by }) => by)).toEqual(['U0ALICE', 'U0BOB']);
    await over(row);
    await keep();
  });

  test('leaves none of the alerts silent when one of them is', async () => {
    const row = await asked(2);
    const silencer = createSilencer({ url });
    const half: typeof silencer = {
      ...silencer,
      make: (silence, labels, signal) => {
        if (made.length === 1) answers = { POST: 400 };
        return silencer.make(silence, labels, signal);
      },
    };
    await keep(undefined, undefined, half);
    expect([made, ended]).toEqual([['s-0'], ['s-0']]);
    expect((await said(row)).map(({ headline }) => headline)).toEqual([
      '2 alerts could not be silenced, as asked for by',
    ]);
    await over(row);
  });

  test('to be ended early ends by itself, which is said', async () => {
    const row = await asked();
    await keep();
    await over(row);
    answers = { GET: 403 };
    await keep();
    await due();
    await keep();
    expect((await said(row)).slice(1)).toEqual([
      expect.objectContaining({
        headline: expect.stringMatching(
          /^The silence of 1 alert could not be ended early: it ends by itself at /,
        ),
      }),
    ]);
  });
});

describe('a silence for which Alertmanager does not answer', () => {
  test.each([408, 429, 500, 503])('but with %i is asked for later and later', async (status) => {
    const row = await asked();
    answers = { POST: status };
    const waits: number[] = [];
    const stored = silences();
    const putOff: typeof stored.putOff = async (silence, seconds) => {
      waits.push(seconds);
      await stored.putOff(silence, seconds);
    };
    for (let n = 0; n < 7; n += 1) {
      await keep(undefined, { ...stored, putOff });
      await due();
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
    expect(await said(row)).toEqual([]);
    answers = {};
    await keep();
    expect(made).toHaveLength(1);
    await over(row);
    await keep();
  });

  test('until its time is over, which is told', async () => {
    const row = await asked(1, new Date(Date.now() + 50).toISOString());
    answers = { GET: 503 };
    await keep(() => new Date(Date.now() + 100).toISOString());
    await due();
    await keep();
    expect((await said(row)).map(({ headline }) => headline)).toEqual([
      '1 alert could not be silenced, as asked for by',
    ]);
  });
});

test.each<[string, typeof answers, object]>([
  ['one that answers', {}, { kind: 'answers' }],
  ['one that refuses', { GET: 401 }, { kind: 'refuses', reason: expect.stringContaining('401') }],
  ['one that is away', { GET: 503 }, { kind: 'away', reason: expect.stringContaining('503') }],
])('is examined: %s', async (_name, is, seen) => {
  answers = is;
  expect(await seeAlertmanager({ url })).toMatchObject(seen);
});

test('its answers are counted', async () => {
  const metrics = createMetrics();
  const silencer = observedSilencer(createSilencer({ url }), metrics);
  const signal = AbortSignal.timeout(5_000);
  await silencer.find('a', signal);
  answers = { GET: 403 };
  await silencer.find('a', signal).catch(() => undefined);
  answers = { GET: 500 };
  await silencer.find('a', signal).catch(() => undefined);
  const text = await metrics.registry.getSingleMetricAsString('firebreak_alertmanager_requests_total');
  for (const result of ['answered', 'refused', 'fault']) expect(text).toContain(`{result="${result}"} 1`);
});

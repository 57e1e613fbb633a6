import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSilencer } from '../../../src/adapters/alertmanager/silencer.ts';
import { createSilences } from '../../../src/adapters/postgres/silences/silences.ts';
import { mostSilenced } from '../../../src/domain/incidents/silence.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { keepSilences } from '../../../src/workflow/silences/keep.ts';
import type { Silencer, Silences } from '../../../src/workflow/silences/silences-port.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { alertOf } from '../../fixtures/script.ts';
import {
  type Alertmanager,
  alertsAreNeeded,
  missingForAlerts,
  startAlertmanagers,
} from '../../support/alertmanager.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { rowsOf } from '../postgres/rows.ts';

const missing = missingForAlerts();
test('CI has Alertmanager', () => {
  expect(missing === undefined || !alertsAreNeeded, missing).toBe(true);
});

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

describe.skipIf(missing !== undefined)('silences in a real Alertmanager', () => {
  let db: TestDatabase;
  let silences: Silences;
  let alertmanager: Alertmanager;
  beforeAll(async () => {
    db = await openDatabase();
    silences = createSilences({ knex: db.knex, newId: randomUUID, channel: 'C0OPS' });
    const [one] = await startAlertmanagers(1, { url: 'http://127.0.0.1:9/', token: 'unused' });
    if (one === undefined) throw new Error('there is none');
    alertmanager = one;
  });
  afterAll(async () => {
    await alertmanager?.stop();
    await db?.close();
  });

  const { opened } = rowsOf(() => db);
  let count = 0;

  /** A remediation whose incident has these alerts; each set of labels gets one that no other test has. */
  async function withAlerts(
    ...labels: Record<string, string>[]
  ): Promise<[Remediation, Record<string, string>[]]> {
    count += 1;
    const own = labels.map((each) => ({ alertname: 'A', test: `${count}`, ...each }));
    const row = await opened();
    const alerts = own.map((each, index) => ({
      ...alertOf(each),
      fingerprint: `silences-${count}-${index}`,
    }));
    await db.store.ingest(alerts);
    const join = `update incidents set joined = ? where alert->>'fingerprint' = any (?)`;
    await db.knex.raw(join, [row.incidentId, alerts.map(({ fingerprint }) => fingerprint)]);
    return [row, own];
  }

  const silencer = () => createSilencer({ url: `${alertmanager.url}/`, settled: 0 });
  const keep = (
    probe?: (point: string) => Promise<void>,
    others: Partial<Silences> = {},
    own: Partial<Silencer> = {},
  ) =>
    keepSilences(
      {
        silences: { ...silences, ...others },
        silencer: { ...silencer(), ...own },
        ...{ ingest: db.store.ingest, clock: () => new Date().toISOString(), log: silentLog },
        ...(probe === undefined ? {} : { probe }),
      },
      new AbortController().signal,
    );
  const ask = (row: Remediation) => silences.ask(row, { by: 'U0ALICE', endsAt: inAnHour });
  const ownSilences = async (labels: Record<string, string> | undefined, from = alertmanager.silences) =>
    (await from()).filter(({ matchers }) =>
      matchers.some(({ name, value }) => name === 'test' && value === labels?.['test']),
    );
  const over = (row: Remediation) =>
    db.knex.raw(`update remediations set state = 'rejected' where id = ?`, [row.id]);
  const leaseRunsOut = () => db.knex.raw(`update silences set leased_until = now() - interval '1 second'`);
  const replies = async (row: Remediation): Promise<string[]> =>
    (
      await db
        .knex('slack_outbox')
        .where('incident_id', row.incidentId)
        .andWhere('kind', 'reply')
        .orderBy('seq')
    ).map(({ notice }) => notice.headline);

  test('exactly the labels of each alert are silenced, until the verdict', async () => {
    const odd = 'a "quoted" .* {x} \\ \n <!channel>';
    const [row, [one, two]] = await withAlerts({ pod: 'web-1' }, { pod: 'web-2', odd });
    expect(await silences.shown(row)).toBe('possible');
    expect(await ask(row)).toEqual({ kind: 'asked', alerts: 2, leftOut: 0 });
    expect(await ask(row)).toEqual({ kind: 'already' });
    expect(await silences.shown(row)).toMatchObject({ by: 'U0ALICE', alerts: 2, state: 'wanted' });
    await keep();
    await keep();
    const made = await ownSilences(one);
    const sets = made.map(({ matchers }) =>
      Object.fromEntries(matchers.map(({ name, value }) => [name, value])),
    );
    expect(sets).toHaveLength(2);
    expect(sets).toEqual(expect.arrayContaining([one, two]));
    for (const each of made) {
      expect(each.matchers.every(({ isRegex, isEqual }) => isEqual && !isRegex)).toBe(true);
      expect(each.createdBy).toBe('Firebreak for U0ALICE');
      expect(each.comment).toMatch(
        new RegExp(`^Until the verdict of remediation ${row.number}\\. \\[[0-9a-f-]{36}\\]$`),
      );
      expect(new Date(each.endsAt).toISOString()).toBe(inAnHour);
    }
    expect(await silences.shown(row)).toMatchObject({ state: 'made' });
    // One more label, or another value, and it is another alert.
    const beside = [
      one,
      two,
      { ...one, container: 'app' },
      { ...one, pod: 'web-10' },
      { ...one, pod: 'web-1 ' },
    ];
    await alertmanager.send(beside.map((labels) => ({ labels: labels ?? {} })));
    await eventually(async () => {
      const seen = (await alertmanager.alerts()).filter(({ labels }) => labels['test'] === one?.['test']);
      expect(seen).toHaveLength(4 + 1);
      const silent = seen.filter(({ status }) => status.silencedBy.length > 0);
      // Matchers say nothing of labels that they do not name: the third has all of the first's.
      expect(silent.map(({ labels }) => labels['pod']).toSorted()).toEqual(['web-1', 'web-1', 'web-2']);
    });
    await over(row);
    await keep();
    expect(await ownSilences(one)).toEqual([]);
    expect(await silences.shown(row)).toMatchObject({ state: 'ended' });
    expect(await replies(row)).toEqual([
      expect.stringMatching(
        /^2 alerts silenced in Alertmanager until the verdict, .* at the latest, asked for by$/,
      ),
      `The silence of 2 alerts has ended: remediation ${row.number} has ended: rejected.`,
    ]);
  });

  test('what has ended before it was made is never made', async () => {
    const [row, [labels]] = await withAlerts({});
    await ask(row);
    await over(row);
    await keep();
    expect(await ownSilences(labels, alertmanager.everySilence)).toEqual([]);
    expect(await silences.shown(row)).toMatchObject({ state: 'ended' });
  });

  test.each(['while it is silent', 'between the question what still fires and the end of the silence'])(
    'what is over %s is known to be over, though Alertmanager never says so',
    async (when) => {
      const [row, sets] = await withAlerts({ pod: 'web-1' }, { pod: 'web-2' });
      const [one, two] = sets;
      await alertmanager.send([{ labels: one ?? {} }, { labels: two ?? {} }]);
      await ask(row);
      await keep();
      const ends = async () => {
        const past = new Date(Date.now() - 1000).toISOString();
        await alertmanager.send([{ labels: two ?? {}, endsAt: past }]);
        await eventually(async () => {
          const firing = (await alertmanager.alerts()).filter(
            ({ labels }) => labels['test'] === one?.['test'],
          );
          expect(firing.map(({ labels }) => labels['pod'])).toEqual(['web-1']);
        });
      };
      const find: Silencer['find'] = async (...asked) => {
        await ends();
        return silencer().find(...asked);
      };
      if (when === 'while it is silent') await ends();
      await over(row);
      await keep(undefined, {}, when === 'while it is silent' ? {} : { find });
      const known = await db
        .knex('incidents')
        .where('joined', row.incidentId)
        .orderByRaw(`alert->'labels'->>'pod'`);
      expect(known.map(({ resolved_at }) => resolved_at !== null)).toEqual([false, true]);
    },
  );

  test('of what another Alertmanager has told nothing is known by asking this one', async () => {
    const [row, [labels]] = await withAlerts({});
    await ask(row);
    await keep();
    expect(await ownSilences(labels)).toHaveLength(1);
    await over(row);
    await keep();
    const [known] = await db.knex('incidents').where('joined', row.incidentId);
    expect(known.resolved_at).toBeNull();
  });

  test('what is resolved, or came from elsewhere, is not silenced', async () => {
    const [row] = await withAlerts({});
    const other = { ...alertOf({ alertname: 'B' }), source: 'grafana', fingerprint: `grafana-${row.id}` };
    await db.store.ingest([other]);
    const late = `update incidents set resolved_at = now() where joined = ?`;
    await db.knex.raw(late, [row.incidentId]);
    await db.knex.raw(`update incidents set joined = ? where alert->>'fingerprint' = ?`, [
      row.incidentId,
      other.fingerprint,
    ]);
    expect(await silences.shown(row)).toBeUndefined();
    expect(await ask(row)).toEqual({ kind: 'none' });
  });

  test('of a herd no more are silenced than Alertmanager can bear, and the rest is counted', async () => {
    const [row] = await withAlerts(
      ...Array.from({ length: mostSilenced + 7 }, (_, pod) => ({ pod: `${pod}` })),
    );
    expect(await ask(row)).toEqual({ kind: 'asked', alerts: mostSilenced, leftOut: 7 });
    await over(row);
    await keep();
  });

  const dies = (at: string) => async (point: string) => {
    if (point === at) throw new Error('killed');
  };
  // Who is killed commits nothing after that.
  const nothingMore = { putOff: () => Promise.resolve() };

  test.each(['before-silence', 'after-silence'])('killed %s: it is made once, and ended', async (point) => {
    const [row, [labels]] = await withAlerts({}, { pod: 'b' });
    await ask(row);
    await keep(dies(point), nothingMore);
    await leaseRunsOut();
    await keep();
    expect(await ownSilences(labels)).toHaveLength(2);
    await over(row);
    await keep(dies('after-end-of-silence'), nothingMore);
    await leaseRunsOut();
    await keep();
    expect(await ownSilences(labels)).toEqual([]);
    expect((await replies(row)).filter((said) => said.includes('silence'))).toHaveLength(2);
  });

  test.each(['before-silence', 'after-silence'])(
    'frozen %s while another takes over: one is left, and none at the end',
    async (point) => {
      const [row, [labels]] = await withAlerts({});
      await ask(row);
      const frozen = Promise.withResolvers<void>();
      const thawed = Promise.withResolvers<void>();
      const first = keep(async (reached) => {
        if (reached !== point) return;
        frozen.resolve();
        await thawed.promise;
      });
      await frozen.promise;
      await leaseRunsOut();
      await keep();
      expect(await ownSilences(labels)).toHaveLength(1);
      thawed.resolve();
      await first;
      expect((await ownSilences(labels)).length).toBeLessThanOrEqual(1);
      await over(row);
      await keep();
      expect(await ownSilences(labels)).toEqual([]);
    },
  );

  test('two replicas at once make it once', async () => {
    const [row, [labels]] = await withAlerts({});
    await ask(row);
    await Promise.all([keep(), keep(), keep()]);
    expect(await ownSilences(labels, alertmanager.everySilence)).toHaveLength(1);
    await over(row);
    await Promise.all([keep(), keep()]);
    expect(await ownSilences(labels)).toEqual([]);
  });

  test('while Alertmanager is away it is put off, and tried again', async () => {
    const [row, [labels]] = await withAlerts({});
    await ask(row);
    const silencer = createSilencer({ url: 'http://127.0.0.1:9' });
    const { ingest } = db.store;
    await keepSilences(
      { silences, silencer, ingest, clock: () => noon, log: silentLog },
      new AbortController().signal,
    );
    expect(await silences.shown(row)).toMatchObject({ state: 'wanted' });
    await keep();
    expect(await ownSilences(labels)).toEqual([]);
    await leaseRunsOut();
    await keep();
    expect(await ownSilences(labels)).toHaveLength(1);
    await over(row);
    await keep();
  });
});

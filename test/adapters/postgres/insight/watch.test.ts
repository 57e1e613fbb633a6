import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createChain } from '../../../../src/adapters/postgres/insight/chain.ts';
import { findInsight } from '../../../../src/adapters/postgres/insight/insight-standing.ts';
import { runDue } from '../../../../src/adapters/postgres/insight/routines.ts';
import type { Alert } from '../../../../src/domain/incidents/incident.ts';
import type { Playbook } from '../../../../src/domain/incidents/playbook.ts';
import { type BlindSpotKind, blindSpotKinds } from '../../../../src/domain/insight/blind-spot.ts';
import { policy } from '../../../../src/domain/policy/policy.ts';
import type { Remediation } from '../../../../src/domain/remediation.ts';
import type { Verdict } from '../../../../src/domain/verdict.ts';
import { watchChain } from '../../../../src/workflow/insight/watch.ts';
import { silentLog } from '../../../fixtures/log.ts';
import { transitionTo, verified } from '../../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../../support/database.ts';
import { rowsOf } from '../rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterEach(() =>
  db.knex.raw(`truncate routines, blind_spots, incidents, early_resolutions, slack_outbox, remediations, held_targets,
    incident_evidence, approvals, object_history, automation_operation_log, playbooks cascade`),
);
afterAll(() => db.close());

const { proposal, opened, movedTo } = rowsOf(() => db);
const hour = 3_600_000;
const day = 24 * hour;
/** So many milliseconds from now. */
const at = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

const restart: Playbook = {
  version: 1,
  name: 'restart',
  description: 'Restarts what crashes.',
  match: { labels: { alertname: 'KubePodCrashLooping' } },
  action: 'rollout restart deployment/{{name}} -n {{namespace}}',
};

const alert = (more: Partial<Alert> = {}): Alert => ({
  fingerprint: randomUUID(),
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
  annotations: {},
  startsAt: at(-hour),
  source: 'alertmanager',
  ...more,
});

/** Everything that was stored until now happened so long before. */
const earlier = async (milliseconds: number) => {
  const then = `'${at(-milliseconds)}'::timestamptz`;
  await db.knex.raw(`update remediations set created_at = ${then}, updated_at = ${then}, moved_at = ${then};
    update incidents set created_at = ${then}; update incident_evidence set created_at = ${then};
    update early_resolutions set received_at = ${then}; update slack_outbox set created_at = ${then};
    update playbooks set updated_at = ${then}; update second_looks set due_at = ${then}`);
};

const look = async (now = at(0), playbooks: readonly Playbook[] = [restart]) => {
  const watch = watchChain({
    chain: createChain(db.knex),
    clock: () => now,
    playbooks: () => playbooks,
    policy: () => policy.parse({ version: 1 }),
    log: silentLog,
  });
  await db.knex('routines').where({ name: 'watch' }).update({ due_at: new Date() });
  const options = { knex: db.knex, newId: randomUUID, channel: 'C0OPS', log: silentLog };
  expect(await runDue(options, watch)).toBe(true);
};

const found = async (): Promise<readonly [BlindSpotKind, string][]> =>
  (await db.knex('blind_spots').whereNull('mended_at').orderBy('subject')).map(({ kind, sentence }) => [
    kind,
    sentence,
  ]);
const kinds = async () => (await found()).map(([kind]) => kind);
const said = async () =>
  (await db.knex('slack_outbox').where('key', 'like', 'watch:%').orderBy('seq')).map(({ notice }) => notice);

/** A remediation of the playbook's, with the side effects that the workflow gives its moves. */
const lived = async (given: Verdict = verified): Promise<Remediation> => {
  const by = { kind: 'playbook', playbook: 'restart', alert: 'KubePodCrashLooping' } as const;
  const verifying = await movedTo('verifying', await opened({ ...proposal(), requestedBy: by }));
  const verdict = { kind: 'verdict', verdict: given, playbook: 'restart' } as const;
  const learning = transitionTo(verifying, 'learning', [verdict, { kind: 'card' }], { verdict: given });
  await db.store.transition(verifying, learning);
  const end = given.result === 'verified' ? 'succeeded' : 'failed';
  const ended = transitionTo(
    learning.next,
    end,
    end === 'succeeded' ? [{ kind: 'second look', at: at(0) }] : [],
    { verdict: given },
  );
  await db.store.transition(learning.next, ended);
  const notice = { kind: 'reply', headline: 'Lasted', broadcast: false } as const;
  const earned = { playbook: 'restart', environment: 'production' };
  const found = { kind: 'ended', result: 'lasted', sentence: 'It is as it was.', notice, earned } as const;
  await db.store.settleLook(ended.next, { looks: 0, found });
  return ended.next;
};

const exportedWell = (more: object = {}) => ({
  at: at(-day),
  examples: 9,
  recent: 3,
  executions: 4,
  folder: null,
  empty: null,
  failure: null,
  ...more,
});
const lastExport = (result: object, dueIn = day) =>
  db.knex('routines').insert({ name: 'export', due_at: at(dueIn), ran_at: at(-day), result });

test('a healthy week has no blind spot', async () => {
  const first = alert();
  await db.store.ingest([first]);
  await db.store.ingest([{ ...first, status: 'resolved', endsAt: at(0) }]);
  await lived();
  await db.knex('incidents').update({ state: 'triaged' });
  const rejected = await movedTo('waiting');
  await db.store.vote(rejected.id, () => ({
    answer: { kind: 'recorded', sentence: '' },
    approval: { actor: { userId: 'U0ANN', teamId: 'T0' }, decision: 'reject', digest: 'd', at: at(0) },
    transition: transitionTo(rejected, 'rejected'),
  }));
  await db.knex('slack_outbox').update({ ts: '1.1', sent_revision: 1, ready: true });
  await lastExport(exportedWell());
  await look(at(-6 * day));
  await earlier(5 * day);
  await look();
  expect(await found()).toEqual([]);
  expect(await said()).toEqual([]);
  expect(await findInsight(db.knex)).toMatchObject({ blindSpots: {}, watchSeconds: expect.any(Number) });
});

/** Each makes a hole, past the program where it makes none itself. */
const holes: Readonly<Record<string, { kind: BlindSpotKind; says: RegExp; make: () => Promise<unknown> }>> = {
  'an alert that nobody triages': {
    kind: 'webhook-without-incident',
    says: /^The alert KubePodCrashLooping was taken and has not been triaged\.$/,
    make: async () => {
      await db.store.ingest([alert()]);
      await earlier(hour);
    },
  },
  'an alert of which only the end came': {
    kind: 'webhook-without-incident',
    says: /^alertmanager has sent that an alert is over which it never sent as firing\.$/,
    make: async () => {
      await look(at(-3 * day));
      await db.store.ingest([alert({ status: 'resolved', startsAt: at(-2 * day), endsAt: at(-day) })]);
      await earlier(2 * hour);
    },
  },
  'an alert of which only an end without a start came': {
    kind: 'webhook-without-incident',
    says: /^grafana has sent that an alert is over which it never sent as firing\.$/,
    make: async () => {
      const end = (at: string) =>
        ({ source: 'grafana', status: 'resolved', startsAt: at, endsAt: at }) as const;
      const known = alert({ source: 'grafana' });
      await look(at(-9 * day));
      await db.store.ingest([known]);
      // It also ends what was known, and in the first week what may have begun before that.
      await db.store.ingest([{ ...known, ...end(at(0)) }, alert(end(at(-5 * day))), alert(end(at(0)))]);
      await db.knex('incidents').update({ state: 'triaged' });
      await earlier(2 * hour);
    },
  },
  'an alert that is still firing': {
    kind: 'incident-without-end',
    says: /^The alert KubePodCrashLooping since 20\d\d-\d\d-\d\d is still firing\.$/,
    make: async () => {
      await db.store.ingest([alert()]);
      await db.knex('incidents').update({ state: 'triaged' });
      await earlier(8 * day);
    },
  },
  'an alert that no playbook knows': {
    kind: 'alert-without-playbook',
    says: /^The alert DiskFull came 5 times in 7 days, and no playbook matches it\.$/,
    make: async () => {
      await db.store.ingest(Array.from({ length: 5 }, () => alert({ labels: { alertname: 'DiskFull' } })));
      await db.knex('incidents').update({ state: 'triaged', resolved_at: at(0) });
      await earlier(hour);
    },
  },
  'a playbook that no alert knows': {
    kind: 'playbook-without-match',
    says: /^The playbook restart has matched no alert since 20\d\d-\d\d-\d\d\.$/,
    make: async () => {
      await look(at(-31 * day));
      await db.store.ingest([alert({ labels: { alertname: 'Rare' } })]);
      await db.knex('incidents').update({ state: 'triaged', resolved_at: at(0) });
      await earlier(hour);
    },
  },
  'a card that is not posted': {
    kind: 'card-without-post',
    says: /^The card of remediation \d+ is not in Slack\.$/,
    make: async () => {
      const row = await opened();
      await db.store.transition(row, transitionTo(row, 'evaluated', [{ kind: 'card' }]));
      await earlier(hour);
    },
  },
  'a card that Slack has refused': {
    kind: 'card-without-post',
    says: /^The card of remediation \d+ is not in Slack\.$/,
    make: async () => {
      const row = await opened();
      await db.store.transition(row, transitionTo(row, 'evaluated', [{ kind: 'card' }]));
      await db.knex('slack_outbox').update({ status: 'failed' });
    },
  },
  'a card that ran out without a vote': {
    kind: 'approval-without-answer',
    says: /^Nobody has voted on remediation \d+ \(kubectl rollout restart deployment\/web-\d+ -n shop\)\.$/,
    make: async () => {
      const row = await movedTo('waiting');
      await db.store.transition(row, transitionTo(row, 'expired'));
      await earlier(hour);
    },
  },
  'a card whose time is over and that nobody has ended': {
    kind: 'approval-without-answer',
    says: /^Nobody has voted on remediation \d+/,
    make: async () => {
      await movedTo('waiting');
      await earlier(2 * day);
      await db.knex('remediations').update({ expires_at: at(-day) });
    },
  },
  'a change whose verdict was lost': {
    kind: 'execution-without-verdict',
    says: /^Remediation \d+ \(kubectl rollout restart .*\) was carried out and has no verdict\.$/,
    make: async () => {
      await lived();
      await db.knex('slack_outbox').update({ ts: '1.1', sent_revision: 1 });
      await db.knex('incident_evidence').whereNotNull('remediation_id').delete();
      await earlier(day);
    },
  },
  'a verification that stands still': {
    kind: 'execution-without-verdict',
    says: /^Remediation \d+ .* was carried out and has no verdict\.$/,
    make: async () => {
      await movedTo('verifying');
      await earlier(3 * hour);
    },
  },
  'a verdict that the playbook never heard of': {
    kind: 'verdict-without-trust',
    says: /^The verdict on remediation \d+ of the playbook restart has not moved its trust\.$/,
    make: async () => {
      await lived();
      await db.knex('slack_outbox').update({ ts: '1.1', sent_revision: 1 });
      await db.knex('playbooks').delete();
      await earlier(9 * day);
    },
  },
  'a bad verdict that the playbook never heard of': {
    kind: 'verdict-without-trust',
    says: /^The verdict on remediation \d+ of the playbook restart has not moved its trust\.$/,
    make: async () => {
      await lived({ ...verified, result: 'not_verified' });
      await db.knex('slack_outbox').update({ ts: '1.1', sent_revision: 1 });
      await earlier(3 * hour);
      await db.knex('playbooks').update({ updated_at: at(-5 * hour) });
    },
  },
  'an export without a row': {
    kind: 'export-without-rows',
    says: /^The export has no example; 33 changes were made in its week\./,
    make: () => lastExport(exportedWell({ examples: 0, recent: 0, executions: 33 })),
  },
  'an export without a new row': {
    kind: 'export-without-rows',
    says: /^The export has nothing new to learn from; 33 changes were made in its week\.$/,
    make: () => lastExport(exportedWell({ recent: 0, executions: 33 })),
  },
  'an export that failed': {
    kind: 'export-without-rows',
    says: /^The export could not be written: EACCES$/,
    make: () => lastExport(exportedWell({ failure: 'EACCES' })),
  },
  'an export that nobody makes': {
    kind: 'export-without-rows',
    says: /^The weekly export is late by more than a day\.$/,
    make: () => lastExport(exportedWell(), -2 * day),
  },
};

test('every kind has a hole that shows it', () => {
  expect(new Set(Object.values(holes).map(({ kind }) => kind))).toEqual(new Set(blindSpotKinds));
});

describe.each(Object.entries(holes))('%s', (_, { kind, says, make }) => {
  test('is named, said once, and counted', async () => {
    await make();
    await look();
    expect(await found()).toEqual([[kind, expect.stringMatching(says)]]);
    expect(await findInsight(db.knex)).toMatchObject({ blindSpots: { [kind]: 1 } });
    await look();
    const lines = await said();
    expect(lines).toHaveLength(1);
    expect(lines[0].headline).toMatch(/^Blind spot: /);
    expect(lines[0].preformatted.split('\n')[0]).toMatch(says);
  });
});

describe('what was said', () => {
  const broken = () =>
    db
      .knex('routines')
      .where({ name: 'export' })
      .update({ result: exportedWell({ failure: 'no' }) });
  const mended = () => db.knex('routines').where({ name: 'export' }).update({ result: exportedWell() });

  test('is said again when it was mended and comes back, and not before', async () => {
    await lastExport(exportedWell());
    for (const [change, spots, lines] of [
      [broken, 1, 1],
      [broken, 1, 1],
      [mended, 0, 1],
      [broken, 1, 2],
    ] as const) {
      await change();
      await look();
      expect([(await kinds()).length, (await said()).length]).toEqual([spots, lines]);
    }
  });

  test('of many at once is one line that names five and counts the others', async () => {
    for (let count = 0; count < 7; count += 1) await movedTo('verifying');
    await earlier(day);
    await look();
    const [line] = await said();
    expect(line.preformatted.split('\n')).toHaveLength(7);
    expect(line.preformatted).toContain('And 2 more.');
    expect(await kinds()).toHaveLength(7);
  });

  test('has no secret of an alert in it', async () => {
    const labels = { alertname: 'password=hunter2hunter2' };
    await db.store.ingest(Array.from({ length: 5 }, () => alert({ labels })));
    await earlier(hour);
    await look();
    expect(new Set(await kinds())).toEqual(new Set(['webhook-without-incident', 'alert-without-playbook']));
    expect(JSON.stringify([await said(), (await found()).map(([, sentence]) => sentence)])).not.toContain(
      'hunter2',
    );
  });
});

test('a verdict that came to nothing has no say in the trust, nor a change that was refused a verdict', async () => {
  const executing = await movedTo('executing');
  await db.store.transition(executing, transitionTo(executing, 'failed'));
  await earlier(3 * day);
  await look();
  expect(await found()).toEqual([]);
});

test.each(['by itself', 'with the one that it joined'])(
  'an incident that was closed %s has an end',
  async (how) => {
    await db.store.ingest([alert(), alert()]);
    await db.knex('incidents').update({ state: 'triaged' });
    await earlier(8 * day);
    const [first, second] = await db.knex('incidents').orderBy('id');
    await db
      .knex('incidents')
      .where({ id: first.id })
      .update({ closed_at: at(-day) });
    const other = how === 'by itself' ? { closed_at: at(-day) } : { joined: first.id };
    await db.knex('incidents').where({ id: second.id }).update(other);
    await look();
    expect(await found()).toEqual([]);
  },
);

test('a new playbook, and a month without any alert, are no blind spots', async () => {
  await look(at(-31 * day));
  await look(at(0), [restart, { ...restart, name: 'new' }]);
  expect(await found()).toEqual([]);
});

test('what ended before anybody watched is not known to have been missed', async () => {
  await db.store.ingest([alert({ status: 'resolved', startsAt: at(-9 * day), endsAt: at(-day) })]);
  await look(at(-3 * day));
  await earlier(2 * hour);
  await look();
  expect(await found()).toEqual([]);
});

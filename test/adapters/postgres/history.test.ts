import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findHistory } from '../../../src/adapters/postgres/remediations/history.ts';
import { findUsage } from '../../../src/adapters/postgres/remediations/usage.ts';
import type { Action, Request } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { remediation } from '../../../src/domain/remediation.ts';
import { after as later } from '../../../src/domain/text/time.ts';
import { deploymentFacts, noon, podFacts, scaleTo } from '../../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../../fixtures/fields.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { administer } from '../../support/cluster.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

const { proposal, opened } = rowsOf(() => db);

const ago = (seconds: number) => later(noon, -seconds);

interface Begun {
  readonly action: Request;
  readonly facts: Facts;
  readonly members?: readonly { readonly action: Action; readonly facts: Facts }[];
  readonly startedAt: string;
}

/** A remediation that began at an instant, on these facts; it is not ended. */
async function begun({ action, facts, members, startedAt }: Begun): Promise<Remediation> {
  let row = await opened({ ...proposal(), action });
  for (const state of ['evaluated', 'waiting', 'approved', 'executing'] as const) {
    const transition = transitionTo(row, state);
    const seen = { facts, ...(members && { members }), ...(state === 'executing' && { startedAt }) };
    const next = remediation.parse({ ...transition.next, ...seen });
    expect(await db.store.transition(row, { ...transition, next })).toBe('committed');
    row = next;
  }
  return row;
}

/** Ends it as verification would, so that its target is free. */
async function ended(row: Remediation): Promise<void> {
  let current = row;
  for (const state of ['verifying', 'learning', 'succeeded'] as const) {
    const transition = transitionTo(current, state);
    expect(await db.store.transition(current, transition)).toBe('committed');
    current = transition.next;
  }
}

const object = (kind: string, name: string, owner = `${kind}/${name}`) => ({
  key: `test/shop/${kind}/${name}`,
  owner: `test/shop/${owner}`,
});
const historyOf = async (...asked: Parameters<typeof object>) => {
  const wanted = object(...asked);
  return (await db.store.history([wanted], noon)).objects[wanted.key];
};
const sized = (desired: number) => deploymentFacts({ desired, ready: desired });

describe('what was begun on an object', () => {
  test('nothing', async () => {
    expect(await historyOf('Deployment', 'never')).toEqual({ actions: [], count: 0 });
  });

  test('is told oldest first, with the smallest size of the last hour', async () => {
    const scale = (to: number): Action => ({
      ...scaleTo(to),
      target: { kind: 'Deployment', namespace: 'shop', name: 'steps' },
    });
    const steps = [
      { action: scale(3), facts: sized(2), startedAt: ago(7200) },
      { action: scale(6), facts: sized(3), startedAt: ago(3000) },
      { action: scale(12), facts: sized(6), startedAt: ago(1000) },
    ];
    const rows: Remediation[] = [];
    for (const step of steps) {
      rows.push(await begun(step));
      await ended(rows.at(-1) ?? rows[0] ?? (await opened()));
    }
    const found = await historyOf('Deployment', 'steps');
    expect(found).toEqual({
      actions: rows.map(({ id, number }, index) => ({
        ...{ remediation: id, number, verb: 'scale', here: true },
        at: steps[index]?.startedAt,
        until: noon,
      })),
      count: 3,
      replicas: 3,
    });
    // What each came to is told where one of them did not help.
    await db.knex('remediations').where('id', rows.at(-1)?.id).update({ state: 'inconclusive' });
    const told = (await historyOf('Deployment', 'steps'))?.actions.map(({ outcome }) => outcome);
    expect(told).toEqual(['verified', 'verified', 'inconclusive']);
  });

  test('tells a verb and a state that only a newer version knows', async () => {
    const action = {
      ...scaleTo(3),
      target: { kind: 'Deployment', namespace: 'shop', name: 'newer' },
    } as const;
    const { id } = await begun({ action, facts: sized(2), startedAt: ago(60) });
    await db.knex.raw('alter table remediations drop constraint if exists remediations_state_check');
    const newer = { verb: 'rollout recreate', state: 'rolled_forward' };
    await db.knex('remediations').where({ id }).update(newer);
    expect((await historyOf('Deployment', 'newer'))?.actions).toMatchObject([
      { remediation: id, verb: 'rollout recreate', here: true },
    ]);
  });

  test('counts what was done to other pods of the same controller, and to its autoscaler', async () => {
    const controller = { kind: 'Deployment', name: 'many', desired: 4, ready: 4 };
    const deletion = (name: string): Action => ({
      verb: 'delete pod',
      target: { kind: 'Pod', namespace: 'shop', name },
    });
    const startedAt = ago(60);
    await begun({ action: deletion('many-1'), facts: podFacts({ controller }), startedAt });
    const scales = { kind: 'Deployment', name: 'many' };
    await begun({
      action: patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 9 }),
      facts: autoscalerFacts({ scales, current: 5, max: 7 }),
      startedAt,
    });
    const found = await historyOf('Pod', 'many-2', 'Deployment/many');
    expect(found).toMatchObject({ count: 2, replicas: 4, mostReplicas: 7 });
    expect(found?.actions.map(({ verb, here }) => [verb, here])).toEqual([
      ['delete pod', false],
      ['patch', false],
    ]);
    expect((await historyOf('Pod', 'many-1', 'Deployment/many'))?.actions[0]).toMatchObject({ here: true });
  });

  test('counts each object of a group, and one remediation once', async () => {
    const controller = { kind: 'Deployment', name: 'group', desired: 4, ready: 4 };
    const target = { kind: 'Pod', namespace: 'shop' } as const;
    const facts = podFacts({ controller });
    const members = ['group-1', 'group-2'].map((name) => ({
      action: { verb: 'delete pod', target: { ...target, name } } as const,
      facts,
    }));
    const action: Request = { verb: 'delete pod', target: { ...target, names: ['group-1', 'group-2'] } };
    await begun({ action, facts, members, startedAt: ago(60) });
    expect(await historyOf('Deployment', 'group')).toMatchObject({ count: 1 });
    expect(await historyOf('Pod', 'group-2', 'Deployment/group')).toMatchObject({ count: 1 });
  });

  test('forgets after a day', async () => {
    const action: Action = { ...scaleTo(4), target: { kind: 'Deployment', namespace: 'shop', name: 'old' } };
    await begun({ action, facts: sized(3), startedAt: ago(86_401) });
    expect(await historyOf('Deployment', 'old')).toEqual({ actions: [], count: 0 });
  });
});

const plan = z.object({ rows: z.array(z.object({ 'QUERY PLAN': z.string() })) });

/** Rows as many and as recent as a busy day has them, one in a hundred of the same object. Data that no query asks for is left out. */
async function insertLike(number: number, from: number, to: number): Promise<void> {
  await db.knex.raw(`
    with made as (
      insert into remediations (id, incident_id, state, version, cluster, target_key, verb, command, requested_by, tier,
          score, verdict, data, created_at, updated_at)
        select gen_random_uuid(), incident_id, state, version, cluster, 'test/shop/Deployment/busy-' || many, verb,
          command, requested_by, tier, score, verdict, jsonb_build_object('action', data -> 'action', 'startedAt',
            to_char(timestamp '2026-02-28T12:00:00' + many * interval '2.8 s', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
          created_at, updated_at
        from remediations, generate_series(${from}, ${to}) as many where number = ${number}
        returning id, data ->> 'startedAt' as at
    )
    insert into object_history
      select 'test/shop/Deployment/busy' || case row_number() over () % 100 when 0 then '' else '-' || id end,
        at::timestamptz, id, 3, null from made`);
}

test('with 30,000 remediations of the last day, no table is read from end to end', async () => {
  const row = await begun({
    action: { ...scaleTo(4), target: { kind: 'Deployment', namespace: 'shop', name: 'busy' } },
    facts: sized(3),
    startedAt: ago(60),
  });
  await ended(row);
  for (let from = 1; from < 30_000; from += 2_000) await insertLike(row.number, from, from + 1_999);
  await administer(db.url, ['vacuum analyze']);
  const asked: string[] = [];
  const explained = db.knex.on('query', ({ sql, bindings }) => {
    if (/object_history|started_at/.test(sql) && !sql.startsWith('explain'))
      asked.push(JSON.stringify([sql, bindings]));
  });
  await findHistory(db.knex, [object('Deployment', 'busy')], noon);
  await findUsage(db.knex, { cluster: 'test', namespace: 'shop' }, ago(3600));
  explained.removeAllListeners('query');
  expect(asked).toHaveLength(3);
  for (const each of asked) {
    const [sql, bindings] = z.tuple([z.string(), z.array(z.any())]).parse(JSON.parse(each));
    const native = sql.replaceAll(/\$\d+/g, '?');
    const lines = plan
      .parse(await db.knex.raw(`explain ${native}`, bindings))
      .rows.map((line) => line['QUERY PLAN']);
    // Of storms there is a row for each, and that is one page.
    expect(lines.filter((line) => line.includes('Seq Scan') && !line.includes(' on storms '))).toEqual([]);
  }
});

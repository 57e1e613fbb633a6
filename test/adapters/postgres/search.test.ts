import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { action } from '../../../src/domain/action.ts';
import type { LookBack } from '../../../src/workflow/incidents-port.ts';
import { restartOf } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

async function asked(reason: string, by: string, name = 'web'): Promise<number> {
  const wanted = action.parse({
    ...restartOf(),
    target: { kind: 'Deployment', namespace: 'production', name },
  });
  const requestedBy =
    by === 'restart-it'
      ? ({ kind: 'playbook', playbook: by, alert: 'KubePodCrashLooping' } as const)
      : ({ kind: 'person', actor: { userId: by, teamId: 'T0' } } as const);
  const proposal = { id: randomUUID(), action: wanted, requestedBy, reason };
  return (await db.store.open(proposal, randomUUID())).remediation.number;
}

test('what was done is found by words of commands and reasons, by playbook, person and time, page by page', async () => {
  const one = await asked('it hangs, connection refused by the pool', 'U0ANN');
  const two = await asked('leaks memory', 'restart-it', 'api-gateway');
  const three = await asked(`it's "odd" & 'quoted' | !(a:b)`, 'U0BOB');
  await db
    .knex('remediations')
    .where({ number: two })
    .update({ data: db.knex.raw(`data || '{"verdict": {"stderr": "panic: runtime error: oom/killed"}}'`) });
  await db.knex('approvals').insert({
    remediation_id: (await db.store.byNumber(three))?.id,
    user_id: 'U0CAT',
    team_id: 'T0',
    decision: 'approve',
    digest: 'd',
    at: new Date(),
  });
  const find = async (is: Partial<LookBack>) =>
    (await db.store.lookBack({ terms: [], offset: 0, limit: 10, ...is })).map(({ number }) => number);
  expect(await find({})).toEqual([three, two, one]);
  expect(await find({ limit: 1, offset: 1 })).toEqual([two]);
  expect(await find({ terms: ['web'] })).toEqual([three, one]);
  expect(await find({ terms: ['deployment/api-gateway'] })).toEqual([two]);
  expect(await find({ terms: ['n production'] })).toEqual([three, two, one]);
  expect(await find({ terms: ['n elsewhere'] })).toEqual([]);
  expect(await find({ terms: ['refused', 'connection'] })).toEqual([one]);
  expect(await find({ terms: ['refused connection'] })).toEqual([]);
  expect(await find({ terms: ['killed'] })).toEqual([two]);
  expect(await find({ playbook: 'restart-it' })).toEqual([two]);
  expect(await find({ person: 'U0ANN' })).toEqual([one]);
  expect(await find({ person: 'U0CAT' })).toEqual([three]);
  expect(await find({ since: '2999-01-01T00:00:00.000Z' })).toEqual([]);
  expect(await find({ cluster: 'elsewhere' })).toEqual([]);
  const [home] = await db.store.lookBack({ terms: [], offset: 0, limit: 1 });
  const row = await db.store.byNumber(home?.number ?? 0);
  expect(await find({ cluster: row?.cluster ?? '', terms: ['web'] })).toEqual([three, one]);
  for (const odd of [`"'`, '!!!', '((', '\\', '<->', ':*', '%_', 'U&\0'])
    expect(await find({ terms: [odd, 'web'] })).toBeInstanceOf(Array);
});

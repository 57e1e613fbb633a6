import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policy } from '../../../src/domain/policy/policy.ts';
import { openWord } from '../../../src/domain/text/states.ts';
import type { WorkflowContext } from '../../../src/workflow/context.ts';
import { headedBy, incidentOn } from '../../../src/workflow/delivery/headed.ts';
import { createCommands } from '../../../src/workflow/intake/commands.ts';
import { handleWake } from '../../../src/workflow/lifecycle/run.ts';
import { OtherVersion } from '../../../src/workflow/other-version.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { clusterOf, healthy } from '../../fixtures/world.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { unfenced } from '../../support/unfenced.ts';
import { rowsOf } from './rows.ts';

/* Two versions side by side: a row that a newer one wrote is neither acted on nor in the way of others. */

let db: TestDatabase;
let context: WorkflowContext;
beforeAll(async () => {
  db = await openDatabase();
  context = {
    store: db.store,
    cluster: clusterOf(
      () => ({ web: healthy }),
      () => noon,
      () => undefined,
    ),
    clock: () => noon,
    newId: randomUUID,
    sha256,
    policy: () => policy.parse({ version: 1 }),
    playbooks: () => [],
    log: silentLog,
    people: async () => ({
      mayAsk: async () => ({ kind: 'allowed' }),
      mayApprove: async () => ({ kind: 'allowed' }),
    }),
    probe: async () => undefined,
    fence: unfenced,
  };
});
afterAll(() => db.close());

const { opened, movedTo } = rowsOf(() => db);

/** What a newer version may have written. */
const newer = [
  { name: 'a state that nobody here knows', sql: `state = 'rolled_forward'` },
  { name: 'a key that is not known here', sql: `data = data || '{"pullRequest": 7}'` },
  { name: 'a state that is not known here', sql: `state = 'pr_open'` },
  {
    name: 'a verb that is not known here',
    sql: `data = jsonb_set(data, '{action,verb}', '"rollout recreate"')`,
  },
] as const;

const actor = { userId: 'U0ALICE', teamId: 'T0HOME' };

describe.each(newer)('$name', ({ sql }) => {
  async function written() {
    const row = await opened();
    await db.knex.raw('alter table remediations drop constraint if exists remediations_state_check');
    await db.knex.raw(`update remediations set ${sql} where id = ?`, [row.id]);
    return row;
  }

  test('what else is of its incident is told, and names it', async () => {
    const beside = await movedTo('waiting');
    const { id, number } = await written();
    const { incidentId } = beside;
    const [row] = await db.knex('remediations').where({ id }).update({ incident_id: incidentId }, ['state']);
    const it = { number, state: row?.state };
    expect(await incidentOn(context, beside)).toEqual({ besides: [it] });
    const own = { number: beside.number, state: 'waiting' };
    expect(await headedBy(context, incidentId, undefined)).toMatchObject({ alsoOpen: [own, it] });
    expect(openWord(it.state)).toMatch(/^[a-z ]+$/);
  });

  test('the story of its incident is told, and names it', async () => {
    const beside = await movedTo('waiting');
    const { id, number } = await written();
    await db.knex('remediations').where({ id }).update({ incident_id: beside.incidentId });
    const story = await db.store.story(beside.incidentId);
    expect(story?.chapters.map(({ remediation }) => remediation.id)).toEqual([beside.id]);
    expect(story?.others).toMatchObject([{ number }]);
  });

  test('loading it says so, by kind', async () => {
    const { id, number } = await written();
    await expect(db.store.load(id)).rejects.toBeInstanceOf(OtherVersion);
    await expect(db.store.byNumber(number)).rejects.toMatchObject({ number });
  });

  test('its wake is given back, and the row is as it was', async () => {
    const { id, version } = await written();
    const before = await db.knex('remediations').where({ id });
    const claim = { queue: 'wake', jobId: randomUUID(), attempt: 0 };
    const step = handleWake(context, { kind: 'step', id, version }, claim, AbortSignal.timeout(60_000));
    await expect(step).rejects.toBeInstanceOf(OtherVersion);
    expect(await db.knex('remediations').where({ id })).toEqual(before);
  });

  test('status, history and details of it and beside it are answered', async () => {
    const { id, number } = await written();
    const beside = await opened();
    const commands = createCommands(context);
    const say = (text: string) => commands.remediate({ text, actor, requestKey: randomUUID() });
    const sentence = expect.stringMatching(
      RegExp(`^Remediation ${number} \\(\\w[\\w ]*\\) was written by another version of Firebreak`),
    );
    expect(await say(`status ${number}`)).toEqual({ kind: 'refused', preformatted: sentence });
    expect(await commands.details({ id, actor })).toEqual({ kind: 'unknown', sentence });
    const approve = { remediationId: id, digest: '0'.repeat(64), actor, decision: 'approve' } as const;
    expect(await commands.vote(approve)).toEqual({ kind: 'refused', sentence });
    for (const list of ['status', 'history']) {
      const answer = await say(list);
      expect(answer).toMatchObject({ kind: list === 'status' ? 'text' : 'list' });
      expect(JSON.stringify(answer)).toContain(`"${beside.number}  requested`);
      expect(JSON.stringify(answer)).toContain(`"${number}  `);
    }
    expect(await say(`status ${beside.number}`)).toMatchObject({ kind: 'text' });
  });
});

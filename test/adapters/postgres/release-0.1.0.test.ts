import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { schemaVersion } from '../../../src/adapters/postgres/migrate.ts';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { directMessage, endMessage } from '../../../src/adapters/slack/cards/end.ts';
import { incidentCard } from '../../../src/adapters/slack/cards/incident.ts';
import { partMessage } from '../../../src/adapters/slack/cards/part.ts';
import { policyCard } from '../../../src/adapters/slack/cards/policy.ts';
import { remediationCard, shortCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { replyMessage } from '../../../src/adapters/slack/cards/reply.ts';
import { stormCard } from '../../../src/adapters/slack/cards/storm.ts';
import { reportInWords } from '../../../src/adapters/slack/files/report.ts';
import { isGroup } from '../../../src/domain/action.ts';
import { type Policy, policy } from '../../../src/domain/policy/policy.ts';
import { activeStates, isFinal, membersOf, type Remediation } from '../../../src/domain/remediation.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { bindingOfAll, evaluateRequest } from '../../../src/stages/evaluate/request.ts';
import type { WorkflowContext } from '../../../src/workflow/context.ts';
import { deliverAll } from '../../../src/workflow/delivery/deliver.ts';
import { createCommands } from '../../../src/workflow/intake/commands.ts';
import { judgeAgain } from '../../../src/workflow/lifecycle/replay.ts';
import type { Chat, Content } from '../../../src/workflow/ports.ts';
import { silentLog } from '../../fixtures/log.ts';
import { performed } from '../../fixtures/performed.ts';
import { inventory } from '../../fixtures/release-0.1.0/inventory.ts';
import { hangGuard } from '../../support/hang-guard.ts';
import { unchangedCluster } from '../../support/old-cluster.ts';
import { type OldRelease, openOldRelease } from '../../support/old-release.ts';
import { sha256 } from '../../support/sha256.ts';
import { unfenced } from '../../support/unfenced.ts';

/* A database that version 0.1.0 wrote is one that people have: whatever is in it must be understood for ever. */

const migrations = readdirSync(new URL('../../../migrations', import.meta.url)).toSorted();

let release: OldRelease;
let rows: readonly Remediation[];
/** Every policy that was in force, the newest first. */
let policies: readonly { readonly since: string; readonly policy: Policy }[];

beforeAll(async () => {
  release = await openOldRelease();
  const { store } = release.storage;
  const summaries = await store.summaries({ open: false, limit: 1000 });
  const loaded = await Promise.all(summaries.map(({ id }) => store.load(id)));
  rows = loaded.flatMap((row) => row ?? []).toSorted((a, b) => a.number - b.number);
  policies = await policiesOf(release);
});
afterAll(() => release?.close());

const words = z.array(z.object({ word: z.string() }));
const policyRow = z.object({ at: z.date(), policy });

async function policiesOf({ storage }: OldRelease): Promise<typeof policies> {
  const { rows: found } = await storage.knex.raw(
    'select at, policy from policy_changes order by number desc',
  );
  return z
    .array(policyRow)
    .parse(found)
    .map(({ at, policy: then }) => ({ since: at.toISOString(), policy: then }));
}

const policyAt = (instant: string): Policy =>
  policies.find(({ since }) => since <= instant)?.policy ?? policy.parse({ version: 1 });

const specOf = (row: Remediation) => ('spec' in row ? row.spec : undefined);

/** What was judged, with what it was judged on. */
const judged = () =>
  rows.flatMap((row) => {
    if (!('facts' in row) || row.facts === undefined || row.spec === undefined) return [];
    const { spec, facts, digest, circumstances } = row;
    return [{ row, spec, digest, circumstances, members: membersOf({ ...row, facts }) }];
  });

const tally = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]).toSorted(),
  );

function contextOf({ storage }: OldRelease, now: string): WorkflowContext {
  return {
    store: storage.store,
    cluster: unchangedCluster(rows),
    clock: () => now,
    newId: randomUUID,
    sha256,
    policy: () => policyAt(now),
    playbooks: () => [],
    log: silentLog,
    fence: unfenced,
    people: async () => ({
      mayApprove: async ({ userId }, { users }) =>
        users.includes(userId) ? { kind: 'allowed' } : { kind: 'refused', reason: 'They may not.' },
      mayAsk: async () => ({ kind: 'allowed' }),
    }),
    probe: async () => undefined,
  };
}

/** A moment after the last that was written. */
const afterwards = (): string => {
  const last = Math.max(...rows.map(({ updatedAt }) => Date.parse(updatedAt)));
  return new Date(last + 1000).toISOString();
};

test('every verb, every state and all that hangs on them is in it', async () => {
  const { store, knex } = release.storage;
  const waiting = rows.filter(({ state }) => state === 'waiting');
  const votes = await Promise.all(waiting.map(async ({ id }) => (await store.approvals(id)).length));
  const count = async (sql: string) => tally(words.parse((await knex.raw(sql)).rows).map(({ word }) => word));
  const circumstances = judged().flatMap((each) => Object.keys(each.circumstances ?? {}));
  const unknown = judged().flatMap(({ members }) => members.flatMap(({ facts }) => facts.unknown));
  expect({
    verbs: tally(rows.map(({ action }) => action.verb)),
    verbsOfSeveral: tally(rows.flatMap(({ action }) => (isGroup(action) ? action.verb : []))),
    states: tally(rows.map(({ state }) => state)),
    failedIn: tally(rows.flatMap((row) => (row.state === 'failed' ? row.stage : []))),
    heldUp: rows.flatMap((row) => (row.state === 'executing' ? (row.heldUp ?? []) : [])),
    votesOfWaiting: tally(votes.map(String)),
    tiers: tally(rows.map((row) => specOf(row)?.tier ?? 'not judged')),
    requesters: tally(rows.map(({ requestedBy }) => requestedBy.kind)),
    circumstances: tally(circumstances),
    unknown: tally(unknown.map(({ fact }) => fact)),
    roles: await count(`select roles[1] as word from approvals where roles is not null`),
    incidents:
      await count(`select concat_ws(' ', state, case when alert is null then 'asked for' else 'alert' end,
      case when resolved_at is not null then 'resolved' end) as word from incidents`),
    messages:
      await count(`select concat_ws(' ', kind, status, case when sent_revision < desired_revision then 'due' else 'sent' end)
      as word from slack_outbox`),
    jobs: await count(`select concat_ws(' ', data ->> 'kind', state::text) as word from pgboss.job`),
    tables: Object.fromEntries(release.loaded),
  }).toEqual(inventory);
});

describe('all of it is read', () => {
  test('by the newest schema, with nothing lost', async () => {
    expect(await schemaVersion(release.storage.knex)).toBe(migrations.at(-1));
    expect(rows).toHaveLength(release.loaded.get('remediations') ?? 0);
  });

  test('each remediation with its approvals, snapshots and incident', async () => {
    const { store } = release.storage;
    const [approvals, snapshots] = [[] as unknown[], [] as unknown[]];
    for (const row of rows) {
      expect(await store.byNumber(row.number)).toEqual(row);
      expect(await store.incident(row.incidentId)).toMatchObject({ id: row.incidentId });
      approvals.push(...(await store.approvals(row.id)));
      snapshots.push(...(await store.snapshots(row.id)));
    }
    expect(approvals).toHaveLength(release.loaded.get('approvals') ?? 0);
    expect(snapshots).toHaveLength(release.loaded.get('snapshots') ?? 0);
  });

  test('each incident', async () => {
    const { rows: ids } = await release.storage.knex.raw('select id from incidents');
    expect(ids).toHaveLength(release.loaded.get('incidents') ?? 0);
    for (const { id } of ids) expect(await release.storage.store.incident(id)).toMatchObject({ id });
  });

  test('the list of what is open, the sums of the budgets and the trust of the playbooks', async () => {
    const { store } = release.storage;
    const open = await store.summaries({ open: true, limit: 1000 });
    expect(open.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
      rows.filter(({ state }) => !isFinal(state)).map(({ number }) => number),
    );
    const usage = await store.usage({ cluster: 'sandbox', namespace: 'shop' }, rows[0]?.createdAt ?? '');
    expect(usage.cluster.running).toBe(
      rows.filter(({ state }) => state === 'executing' || state === 'verifying').length,
    );
    expect(usage.cluster.score).toBeGreaterThan(0);
    expect(await store.trust('restart-crash-looping')).toMatchObject({ samples: 2, successes: 2 });
  });

  test('the audit chain is intact, and one more line vouches for the votes and policies of then', async () => {
    const { knex } = release.storage;
    const events = release.loaded.get('remediation_events') ?? 0;
    const intact = { kind: 'intact', head: { seq: events + 1 } };
    expect(await verifyAudit(knex, sha256)).toMatchObject(intact);
    const [vote] = await knex('approvals').where({ decision: 'approve' }).limit(1);
    const { remediation_id, user_id } = vote;
    await knex('approvals').where({ remediation_id, user_id }).update({ user_id: 'U0EVE' });
    expect(await verifyAudit(knex, sha256)).toMatchObject({ kind: 'broken' });
    await knex('approvals').where({ remediation_id, user_id: 'U0EVE' }).update({ user_id });
    expect(await verifyAudit(knex, sha256)).toMatchObject(intact);
  });
});

/** As the Slack adapter would write it. */
function rendered(content: Content): string {
  switch (content.kind) {
    case 'card':
      return JSON.stringify([remediationCard(content), shortCard(content)]);
    case 'incident':
      return JSON.stringify(incidentCard(content));
    case 'direct':
      return JSON.stringify(directMessage(content));
    case 'storm':
      return JSON.stringify(stormCard(content));
    case 'policy':
      return JSON.stringify(policyCard(content.proposal));
    case 'end':
      return JSON.stringify(endMessage(content));
    case 'report':
      return JSON.stringify(reportInWords(content));
    case 'reply':
      return JSON.stringify(replyMessage(content));
    case 'part':
      return JSON.stringify(partMessage(content));
  }
}

test('each remediation is shown as a card and with its details', async () => {
  for (const row of rows) {
    // Nobody looks at so many within a minute.
    const commands = createCommands(contextOf(release, afterwards()));
    const details = await commands.details({ id: row.id, actor: { userId: 'U0BOB', teamId: 'T0TEAM' } });
    if (details.kind !== 'details') throw new Error(`remediation ${row.number} has no details`);
    const { remediation, approvals } = details;
    const shown = { approvers: policyAt(row.createdAt).approvers.human, verification: 'It is looked at.' };
    expect(rendered({ kind: 'card', remediation, approvals, ...shown })).toContain(
      `remediation ${row.number}`,
    );
    expect(detailsModal(details).blocks.length).toBeGreaterThan(2);
  }
});

/** All of a verdict but its words. */
const weighed = ({ tier, score, lineItems }: DeclarativeSpec): string =>
  [tier, score, ...lineItems.map(({ term, points, counted }) => `${term} ${points} ${counted}`)].join(', ');

/** Every line that is another one by now, and why. */
const judgedOtherwise: readonly (readonly [number, string, string])[] = [
  [
    63,
    // More than four times as many replicas as within the last hour: a person, whatever the points say.
    'human, 16, availability 12.7 true, irreversibility 2 false, breadth 3.2 true',
    'human, 16, availability 12.7 true, irreversibility 2 false, breadth 3.2 true, floor 11 false',
  ],
  [
    64,
    'human, 12, availability 8.7 true, irreversibility 2 false, breadth 3 true, floor 11 false',
    'human, 12, availability 8.7 true, irreversibility 2 false, breadth 3 true, floor 11 false, floor 11 false',
  ],
  [
    90,
    // The name of the new Job could not be looked up. By a name that is not in the list it could be anything: two people.
    'dual, 51, irreversibility 2 true, breadth 1 true, floor 11 false, floor 11 false, floor 51 true, floor 11 false, floor 11 false',
    'dual, 51, irreversibility 2 true, breadth 1 true, floor 51 true, floor 11 false, floor 51 true, floor 11 false, floor 11 false',
  ],
  [
    93,
    // A NoSchedule taint closes a node as a cordon does: workloads that are on it alone cannot be replaced there.
    'dual, 51, availability 15 true, irreversibility 2 false, environment 2 true, floor 51 true',
    'dual, 51, availability 15 true, irreversibility 2 false, breadth 8.2 true, environment 2 true, floor 51 true',
  ],
  [
    99,
    // The limit of an autoscaler counts like the pods that may come of it.
    'human, 11, irreversibility 6 true, floor 11 true',
    'human, 11, availability 5.3 false, irreversibility 6 true, floor 11 true',
  ],
];

/** A DaemonSet's number of pods is that of its nodes, and binds no approval any more. */
const boundOtherwise = ['6: succeeded'];

describe('each verdict is reached again', () => {
  test('what had not begun has the same tier, score and points', () => {
    const replayed = rows.flatMap((row) => {
      const again = judgeAgain(row, policyAt(specOf(row)?.createdAt ?? ''));
      if (again === undefined) return [];
      // What was carried out keeps the facts of that moment, not those of the card.
      const begun = 'startedAt' in row && row.startedAt !== undefined;
      const [was, is] = [again.before, again.after].map(weighed);
      return [{ number: row.number, begun, was, is }];
    });
    expect(replayed).toHaveLength(judged().length);
    const other = replayed.filter(({ begun, was, is }) => !begun && was !== is);
    expect(other.map(({ number, was, is }) => [number, was, is])).toEqual(judgedOtherwise);
  });

  test('what is judged otherwise by now keeps its tier', () => {
    const tierOf = (weights: string) => weights.split(',', 2).join();
    expect(judgedOtherwise.map(([, was]) => tierOf(was))).toEqual(
      judgedOtherwise.map(([, , is]) => tierOf(is)),
    );
  });

  test('what an approval binds to has the same digest, for single objects and for several', () => {
    const wrong = judged().filter(({ row, spec, digest, circumstances, members }) => {
      const { id, createdAt: now, action: request } = spec;
      const again = evaluateRequest({ id, now, request, members, policy: policyAt(now), circumstances });
      const stored = isGroup(row.action) ? { spec, parts: again.parts } : { spec, parts: [spec] };
      return [stored, again].some((each) => sha256(canonicalJson(bindingOfAll(each, members))) !== digest);
    });
    expect(wrong.map(({ row }) => `${row.number}: ${row.state}`)).toEqual(boundOtherwise);
  });
});

/** Those who may approve and have not yet click on what the card shows, for as long as it waits. */
async function approve(context: WorkflowContext, id: string): Promise<void> {
  const commands = createCommands(context);
  for (const userId of ['U0BOB', 'U0CAROL']) {
    const row = await context.store.load(id);
    const voters = (await context.store.approvals(id)).map(({ actor }) => actor.userId);
    if (row?.state !== 'waiting' || voters.includes(userId)) continue;
    const actor = { userId, teamId: 'T0TEAM' };
    const answer = await commands.vote({ remediationId: id, digest: row.digest, actor, decision: 'approve' });
    expect({ number: row.number, ...answer }).toMatchObject({ kind: 'recorded' });
  }
}

/** Takes one step and says what it came to; with the number and the reason where nothing is carried out. */
async function goOn(context: WorkflowContext, { id, number, state }: Remediation): Promise<string> {
  const row = await context.store.load(id);
  if (row === undefined) throw new Error(`remediation ${number} is gone`);
  const transition = await performed(context, row, 0, AbortSignal.timeout(hangGuard));
  if (transition === undefined) return `${number} stays ${row.state}`;
  const { next } = transition;
  const outcome = await context.store.transition(row, transition);
  const way = `${state} -> ${next.state}, ${outcome}`;
  if (next.state === 'superseded') return `${number}: ${way}: ${next.change}`;
  return next.state === 'failed' && state !== 'learning' ? `${number}: ${way}: ${next.failure}` : way;
}

describe('what is open goes on', () => {
  test('every step that was queued, or that ran when its process was killed, is woken', async () => {
    const { jobs, store } = release.storage;
    const woken = new Set<string>();
    await jobs.start(async ({ kind, id, version }, claim) => {
      woken.add(`${kind} ${id} ${version}`);
      await store.dismiss(claim);
    });
    const active = rows.filter(({ state }) => activeStates.some((each) => each === state));
    const due = active.map(({ id, version }) => `step ${id} ${version}`);
    await expect.poll(() => due.filter((wake) => !woken.has(wake)), { timeout: hangGuard }).toEqual([]);
    const triaged = () => [...woken].filter((wake) => wake.startsWith('triage'));
    await expect.poll(triaged, { timeout: hangGuard }).toHaveLength(1);
    await jobs.stop(5);
  });

  test('every one takes its next step, those that wait after the votes for what was shown', async () => {
    const context = contextOf(release, afterwards());
    const ways: string[] = [];
    for (const row of rows.filter(({ state }) => !isFinal(state))) {
      if (row.state === 'waiting') await approve(context, row.id);
      ways.push(await goOn(context, row));
    }
    expect(tally(ways)).toEqual({
      'approved -> executing, committed': 2,
      'evaluated -> waiting, committed': 1,
      // Its plan has several calls: each is kept by itself.
      'executing -> executing, committed': 1,
      'executing -> verifying, committed': 1,
      'learning -> failed, committed': 1,
      'learning -> succeeded, committed': 1,
      'requested -> evaluated, committed': 1,
      'verifying -> verifying, committed': 1,
      'waiting -> executing, committed': 19,
    });
    expect(await verifyAudit(release.storage.knex, sha256)).toMatchObject({ kind: 'intact' });
  });

  test('every kind of message that was promised is delivered', async () => {
    const { outbox, knex } = release.storage;
    // A channel for each, so that nobody waits for the pace of one; and what is said of an incident once more.
    await knex.raw(`update slack_outbox set channel = 'C' || seq where sent_revision < desired_revision;
      update slack_outbox set desired_revision = desired_revision + 1 where kind = 'incident'`);
    const delivered = { card: 0, incident: 0, reply: 0 };
    const accept: Chat['post'] = async ({ channel, content }) => {
      expect(rendered(content).length).toBeGreaterThan(20);
      const { kind } = content;
      if (kind === 'card' || kind === 'incident' || kind === 'reply') delivered[kind] += 1;
      return { kind: 'sent', channel, ts: `1795650000.${randomUUID().slice(0, 6)}` };
    };
    const end = new AbortController();
    const chat: Chat = {
      post: accept,
      update: (post, signal) => accept(post, signal),
      find: async () => [],
      remove: async () => ({ kind: 'removed' }),
    };
    const running = deliverAll(contextOf(release, afterwards()), { outbox, chat }, end.signal);
    await expect
      .poll(() => Object.values(delivered).every((count) => count > 2), { timeout: hangGuard })
      .toBe(true);
    end.abort();
    await running;
  });
});

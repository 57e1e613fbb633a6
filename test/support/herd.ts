import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { targetKey } from '../../src/domain/action.ts';
import { endingOf } from '../../src/domain/incidents/ending.ts';
import type { Alert, Incident } from '../../src/domain/incidents/incident.ts';
import { incidentEnds } from '../../src/domain/policy/incidents.ts';
import { finalStates } from '../../src/domain/remediation.ts';
import { learn } from '../../src/stages/learn/trust.ts';
import type { Store } from '../../src/workflow/ports.ts';
import type { Triage } from '../../src/workflow/proposal.ts';
import { noon, restartOf } from '../fixtures/facts.ts';
import type { TestDatabase } from './database.ts';
import { sha256 } from './sha256.ts';

/** How many alerts of how many owners; `random`: from 0 to 1, the same again for the same seed. */
interface Herd {
  readonly alerts: number;
  readonly owners: number;
  readonly random: () => number;
}

/** The generator "mulberry32": small, and good enough to shuffle with. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const a = Math.imul(state ^ (state >>> 15), 1 | state);
    const b = (a + Math.imul(a ^ (a >>> 7), 61 | a)) ^ a;
    return ((b ^ (b >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const minute = 60_000;
const at = (minutes: number) => new Date(Date.parse(noon) - 180 * minute + minutes * minute).toISOString();
const names = ['KubePodCrashLooping', 'KubePodNotReady', 'KubeDeploymentReplicasMismatch'];

/** What an alerting system sends of a herd, in order and once: each alert, and the end of most. Three in four owners are quiet at last. */
function sentBy({ alerts, owners, random }: Herd): readonly Alert[] {
  const sent = Array.from({ length: alerts }, (_, index) => {
    const owner = index % owners;
    const firing: Alert = {
      fingerprint: `pod-${owner}-${Math.floor(index / owners / 3)}`,
      status: 'firing',
      labels: {
        alertname: names[Math.floor(random() * names.length)] ?? '',
        owner: `web-${owner}`,
        severity: random() < 0.3 ? 'critical' : 'warning',
      },
      annotations: {},
      startsAt: at(Math.floor((index / alerts) * 100) + (index % 7) / 10),
      source: 'alertmanager',
    };
    const ends = owner % 4 !== 0 || random() < 0.5;
    const over: Alert = { ...firing, status: 'resolved', endsAt: at(101 + Math.floor(random() * 60)) };
    return ends ? [firing, over] : [firing];
  });
  return sent.flat().toSorted((a, b) => Date.parse(momentOf(a)) - Date.parse(momentOf(b)));
}

const momentOf = ({ startsAt, endsAt }: Alert): string => endsAt ?? startsAt;

/** The same as it arrives: one to four times, shuffled, one in ten only when all others have been triaged. */
function arriving(sent: readonly Alert[], random: () => number): readonly [Alert[], Alert[]] {
  const copies = sent.flatMap((each) => Array.from({ length: 1 + Math.floor(random() * 4) }, () => each));
  const shuffled = copies.map((each) => ({ each, by: random() })).toSorted((a, b) => a.by - b.by);
  const late = shuffled.map(({ each }) => ({ each, isLate: random() < 0.1 }));
  const those = (isLate: boolean) => late.filter((one) => one.isLate === isLate).map(({ each }) => each);
  return [those(false), those(true)];
}

/** A replica of the store, for the same database. */
const replicaOf = ({ knex, queue }: TestDatabase): Store =>
  createStore({
    ...{ knex, queue, channel: 'C0OPS', cluster: 'test', identity: () => undefined },
    ...{ clock: () => noon, newId: randomUUID, sha256, learn },
  });

/** Delivers in requests of up to twenty alerts, each to some replica, several at once. */
async function deliver(
  replicas: readonly Store[],
  alerts: readonly Alert[],
  { atOnce, most }: { readonly atOnce: number; readonly most: number },
): Promise<void> {
  const requests = Array.from({ length: Math.ceil(alerts.length / most) }, (_, n) =>
    alerts.slice(n * most, (n + 1) * most),
  ).entries();
  const work = async () => {
    for (const [n, request] of requests) await replicas[n % replicas.length]?.ingest(request);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Every other owner has a playbook. */
function triageOf({ alert }: Incident): Triage {
  const name = alert?.labels['owner'] ?? '';
  const target = { kind: 'Deployment', namespace: 'shop', name } as const;
  const owner = { key: targetKey('test', target), coolDownSeconds: 900 };
  if (Number(name.slice('web-'.length)) % 2 === 0)
    return { kind: 'no_action', reason: 'No playbook matches it.', owner };
  const requestedBy = { kind: 'playbook', playbook: 'restart', alert: 'any' } as const;
  const action = { ...restartOf(), verb: 'rollout restart', target } as const;
  return {
    kind: 'proposal',
    playbook: 'restart',
    owner,
    proposal: { id: randomUUID(), action, requestedBy },
  };
}

/** Triages all that was taken: on every replica at once, those that sleep together and those that were woken one by one. */
async function triageAll(db: TestDatabase, replicas: readonly Store[], batch: number): Promise<void> {
  const asleep = async (store: Store) => {
    for (;;) {
      const taken = await store.takeAsleep(batch);
      if (taken.length === 0) return;
      await store.settleAsleep(
        taken.map((incident) => ({ incident, triage: triageOf(incident) })),
        [],
      );
    }
  };
  await Promise.all(replicas.map(asleep));
  const rest = await db.knex('incidents').where('state', 'received').orderBy('dedup_key').pluck('id');
  await Promise.all(
    rest.map(async (id: unknown, n) => {
      const store = replicas[n % replicas.length];
      const incident = await store?.incident(String(id));
      if (store !== undefined && incident !== undefined)
        await store.settleTriage(incident, triageOf(incident));
    }),
  );
}

/** Looks whether each incident is over, an hour later, as nothing is done about what people have rejected meanwhile. */
async function endAll(db: TestDatabase, replicas: readonly Store[]): Promise<void> {
  const now = new Date(Date.now() + 60 * minute).toISOString();
  const roots = await db.knex('incidents').whereNull('joined').whereNull('grouped').pluck('id');
  for (const [n, id] of roots.entries()) {
    const store = replicas[n % replicas.length];
    const seen = await store?.incidentStanding(String(id));
    if (store === undefined || seen === undefined) continue;
    const ending = endingOf(
      { ...seen, isActing: false },
      // What fires here was said to long before the clock of the database: nothing of it is given up for its silence.
      { now, ends: incidentEnds.parse({}), health: 'unhealthy' },
    );
    if (ending.kind === 'closed' && !seen.isActing) await store.settleEnding(String(id), { seen, ending });
  }
}

const state = z.object({ id: z.string(), owner_key: z.string(), closed_why: z.string().nullable() });
const counted = z.object({ owner: z.string(), count: z.coerce.number() });

/** How it stands at last, by owner, without what is drawn or stamped anew each time: ids, numbers, the clock. */
async function stateOf(db: TestDatabase, store: Store): Promise<string> {
  const roots = z
    .array(state)
    .parse(
      await db
        .knex('incidents')
        .whereNull('joined')
        .whereNull('grouped')
        .orderBy('owner_key')
        .select('id', 'owner_key', 'closed_why'),
    );
  const owners = await Promise.all(
    roots.map(async ({ id, owner_key: owner, closed_why: why }) => {
      const overview = await store.overview(id);
      return { owner, why, signals: overview?.signals, steps: overview?.steps.length };
    }),
  );
  return JSON.stringify(owners, undefined, 1);
}

/** Owners with more than one incident, or more than one remediation that has not ended. */
async function doubled(db: TestDatabase): Promise<readonly string[]> {
  const roots = await db
    .knex('incidents')
    .whereNull('joined')
    .whereNull('grouped')
    .groupBy('owner_key')
    .select('owner_key as owner')
    .count('* as count');
  const open = await db
    .knex('remediations')
    .whereNotIn('state', [...finalStates])
    .groupBy('target_key')
    .select('target_key as owner')
    .count('* as count');
  return [...z.array(counted).parse(roots), ...z.array(counted).parse(open)]
    .filter(({ count }) => count > 1)
    .map(({ owner }) => owner);
}

const tables = `incidents, early_resolutions, slack_outbox, remediations, held_targets, incident_evidence, approvals,
  object_history, remediation_events, automation_operation_log, snapshots, slack_lanes, storms, incident_minutes`;

/** A herd as it was sent, to one replica, and as it arrives, to `replicas`: how both stand at last, and what is there twice. */
export async function bothWays(
  db: TestDatabase,
  seed: number,
  { replicas, ...size }: Omit<Herd, 'random'> & { readonly replicas: number },
) {
  const random = seeded(seed);
  const sent = sentBy({ ...size, random });
  const clear = () => db.knex.raw(`truncate ${tables}; delete from pgboss.job`);
  await clear();
  const one = [replicaOf(db)];
  await deliver(one, sent, { atOnce: 1, most: 20 });
  await triageAll(db, one, 250);
  await endAll(db, one);
  const inOrder = await stateOf(db, db.store);
  await clear();
  const several = Array.from({ length: replicas }, () => replicaOf(db));
  const [first, late] = arriving(sent, random);
  for (const part of [first, late]) {
    await Promise.all([
      deliver(several, part, { atOnce: 4 * replicas, most: 20 }),
      triageAll(db, several, 50),
    ]);
    await triageAll(db, several, 50);
  }
  await endAll(db, several);
  return { inOrder, arrived: await stateOf(db, db.store), doubled: await doubled(db) };
}

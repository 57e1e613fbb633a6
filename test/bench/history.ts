import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/adapters/postgres/connect.ts';
import { findEngaged } from '../../src/adapters/postgres/incidents/engaged.ts';
import { findIncident } from '../../src/adapters/postgres/incidents/incidents.ts';
import { summaries } from '../../src/adapters/postgres/remediations/remediations.ts';
import { slashRequest } from './http/requests.ts';
import { openWire } from './http/wire.ts';
import type { Program } from './process.ts';
import { alternate, beside, type Contestant, compare, type Effort, quantile } from './rounds.ts';
import type { Stage } from './stage.ts';
import type { Row } from './table.ts';

/** Incidents of a past of some years, each with its remediation. */
const many = 1_000_000;

/**
 * What people look up, on a past of a million incidents, beside `select 1` on the same connection; and the whole command
 * over HTTP. To be measured last: it leaves the database full.
 */
export async function measureHistory(
  stage: Stage,
  ours: Program,
  effort: Effort & { readonly incidents?: number },
): Promise<readonly Row[]> {
  const { database } = stage.site;
  if (database === undefined) throw new Error('The stage has no database.');
  await fill(database, effort.incidents ?? many);
  const knex = connect(database, 1);
  try {
    const asked = { knex, cluster: 'bench', identity: () => undefined };
    const nothing = asking(async () => knex.raw('select 1'));
    const questions = {
      'the newest 15': () => summaries(asked, { open: false, limit: 15 }),
      'an incident': () => findIncident(knex, '00000000-0000-4000-8000-000000050000'),
      'what an owner is engaged with': () =>
        findEngaged({ clock: () => new Date().toISOString() }, knex, {
          key: 'bench/old/Deployment/old-7',
          coolDownSeconds: 900,
        }),
    };
    const found: Row[] = [];
    for (const [name, ask] of Object.entries(questions)) {
      const rounds = await alternate({ ours: asking(ask), reference: nothing }, effort);
      const base = { unit: 'ms', reference: 'select 1', good: 'small' } as const;
      found.push({ ...base, measure: `P16 ${name}, p50`, compared: compare(rounds, 'p50'), gate: 3 });
    }
    return [...found, await wholeCommand(stage, ours)];
  } finally {
    await knex.destroy();
  }
}

function asking(ask: () => Promise<unknown>): Contestant {
  return {
    burst: async (seconds) => {
      const times: number[] = [];
      for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
        const sent = performance.now();
        await ask();
        times.push(performance.now() - sent);
      }
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    },
  };
}

async function wholeCommand({ slack }: Stage, { port }: Program): Promise<Row> {
  const wire = await openWire(port);
  const times: number[] = [];
  for (let at = 0; at < 120; at += 1) {
    const took = await wire.ask(slashRequest(slack.workspace, port, 'history'));
    if (at >= 20) times.push(took);
    await sleep(10);
  }
  wire.close();
  const base = { measure: 'P16 /remediate history, p99', unit: 'ms', reference: 'bound' } as const;
  return { ...base, compared: beside(quantile(times, 0.99), 50), good: 'small', gate: 1 };
}

/** In the plainest form that the questions can tell apart: three minutes apart, about 500 workloads. */
async function fill(database: string, count: number): Promise<void> {
  const knex = connect(database, 1, { isPatient: () => true });
  const first = `(select coalesce(max(number), 0) from remediations)`;
  await knex.transaction(async (trx) => {
    // Without triggers and references, which would take most of the time.
    await trx.raw('set local statement_timeout = 0; set local session_replication_role = replica');
    await trx.raw(
      `insert into incidents (id, state, version, dedup_key, title, created_at, moved_at)
        select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'triaged', 1, 'old:' || n, 'old', at, at
        from generate_series(1, ${count}) n cross join lateral (select now() - n * interval '3 minutes' as at) past`,
    );
    await trx.raw(
      `insert into remediations (id, number, incident_id, state, version, cluster, target_key, verb, command, requested_by,
          tier, score, verdict, data, created_at, updated_at)
        select id, ${first} + n, id, 'succeeded', 5, 'bench', 'bench/old/Deployment/old-' || n % 500,
          'rollout restart', 'old', 'U0OLD', 'human', 20, 'verified', '{}', created_at, created_at
        from (select id, created_at, ${count} + 1 - substring(id::text from 25)::integer as n from incidents
          where dedup_key like 'old:%') old`,
    );
  });
  // What the server would do in the background after so many rows at once, and beside what is measured: years bring them one
  // by one.
  for (const upkeep of ['set statement_timeout = 0', 'vacuum analyze incidents, remediations', 'checkpoint'])
    await knex.raw(upkeep);
}

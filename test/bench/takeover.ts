import { setTimeout as sleep } from 'node:timers/promises';
import { slashRequest } from './http/requests.ts';
import { openWire } from './http/wire.ts';
import { type Program, startProgram } from './process.ts';
import { production } from './programs/site.ts';
import { beside, quantile } from './rounds.ts';
import { openStage, type Stage } from './stage.ts';
import type { Row } from './table.ts';

/** Seconds after which the queue takes a step from who does not renew it, and what may be added to them. */
const lease = 10;

/**
 * How long what was promised stands still: a replica is killed, or frozen, the moment it has answered a command, with the
 * step behind it in its hands. From then until another, which is there all the while, has judged it and it waits for people.
 */
export async function measureTakeover(effort: {
  readonly kills: number;
  readonly stops: number;
}): Promise<readonly Row[]> {
  const names = Array.from({ length: effort.kills + effort.stops }, (_, n) => `spare-${n}`);
  const stage = await openStage(names);
  const other = await startProgram('firebreak.ts', stage.site);
  try {
    return rowsOf(
      await taken(stage, 'SIGKILL', names.slice(0, effort.kills)),
      await taken(stage, 'SIGSTOP', names.slice(effort.kills)),
    );
  } finally {
    await other.stop();
    await stage.close();
  }
}

function rowsOf(killed: readonly number[], frozen: readonly number[]): readonly Row[] {
  const base = { unit: 'ms', reference: 'bound', good: 'small', gate: 1 } as const;
  return [
    { ...base, measure: 'takeover after SIGKILL, p50', compared: beside(quantile(killed, 0.5), 2_000) },
    { ...base, measure: 'takeover after SIGKILL, p99', compared: beside(quantile(killed, 0.99), 2_000) },
    {
      ...base,
      measure: 'takeover after SIGSTOP, p99',
      compared: beside(quantile(frozen, 0.99), (lease + 1) * 1000),
    },
  ];
}

async function taken(
  stage: Stage,
  end: 'SIGKILL' | 'SIGSTOP',
  names: readonly string[],
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const name of names) {
    const victim = await startProgram('firebreak.ts', stage.site);
    // Until the others trust that they would miss it.
    await sleep(1_500);
    times.push(await untilTaken(stage, victim, name, end));
    victim.signal('SIGKILL');
  }
  return times;
}

async function untilTaken(
  stage: Stage,
  victim: Program,
  name: string,
  end: 'SIGKILL' | 'SIGSTOP',
): Promise<number> {
  const wire = await openWire(victim.port);
  const command = `rollout restart deployment/${name} -n ${production}`;
  await wire.ask(slashRequest(stage.slack.workspace, victim.port, command));
  victim.signal(end);
  const ended = performance.now();
  wire.close();
  while (performance.now() < ended + 30_000) {
    if ((await stateOf(stage, name)) === 'waiting') return performance.now() - ended;
    await sleep(20);
  }
  throw new Error(`Nobody went on with ${name} within 30 s.`);
}

async function stateOf({ knex }: Stage, name: string): Promise<unknown> {
  const newest = knex('remediations').where('target_key', 'like', `%/${name}`).orderBy('number', 'desc');
  return (await newest.first('state'))?.state;
}

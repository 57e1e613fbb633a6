import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { hangGuard } from '../support/hang-guard.ts';
import type { Heard, Replica } from './child.ts';
import type { Halt, Site, Strike } from './composition.ts';
import {
  type FaultScenario,
  type FaultScenarioOptions,
  openFaultScenario,
  type Peer,
} from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { readRemediations } from './ledger.ts';
import { decideUntilOver } from './people.ts';
import type { Road } from './roads.ts';

/** From each kill to the first thing that the other replica did after it, in milliseconds. */
const resumed = new Map<string, number>();

/** What a replica logs when it takes over a job. */
export const takenOver = 'took over a step from a process that was lost';

/** What a replica logs when a row had lost its wake, which no kill may bring about. */
const sweptUp = 'woke rows that no job was left for';

/**
 * Points at which the replica holds a job that the other has to take away from it: of a step, or of the next one, which it
 * goes on with itself after its commit.
 */
const holdsJob = /^(begin|worked):|^(before|after)-write$|^committed:(requested|approved)$/;

/**
 * Goes down a road with one replica, brings a second one to life when the first has come to its halt, kills the
 * first, and holds what must hold at the end. The second must take a held job over because the first is dead, long
 * before heartbeats (10 s) or the sweeper (30 s) would.
 */
export async function killAt(road: Road, at: Halt): Promise<void> {
  await onFaultScenario(async (scenario) => {
    const victim = await scenario.replica(at);
    await road.begin(scenario, victim.port);
    const over = decideUntilOver(scenario, road.approvers);
    await reached(victim.halted, at.point, over);
    const peer = await scenario.peer();
    const killedAt = await victim.kill();
    await over;
    await holds(scenario, road);
    await road.check?.(scenario);
    if (holdsJob.test(at.point)) expect(peer.lines).toContain(takenOver);
    expect(peer.lines).not.toContain(sweptUp);
    note(at.point, peer, killedAt);
  }, hurried(road));
}

/** The same with nobody left: a replica that is started after the kill goes on. */
export async function restartAt(road: Road, at: Halt): Promise<void> {
  await onFaultScenario(async (scenario) => {
    const victim = await scenario.replica(at);
    await road.begin(scenario, victim.port);
    const over = decideUntilOver(scenario, road.approvers);
    await reached(victim.halted, at.point, over);
    await victim.kill();
    await scenario.peer();
    await over;
    await holds(scenario, road);
  }, hurried(road));
}

const hurried = ({ besides, hasRepository }: Road): FaultScenarioOptions => ({
  isHurried: true,
  ...(hasRepository && { hasRepository }),
  ...(besides && { besides }),
});

/** Resolves at the halt; rejects when everything is over before, or goes on for ever without it. */
async function reached(halted: Promise<void>, point: string, over: Promise<void>): Promise<void> {
  const missed = over.then(() => Promise.reject(new Error(`${point} was never reached`)));
  await Promise.race([halted, missed]);
}

/**
 * Goes down a road with a replica that stands still when it has come to its halt, lets another bring the road to its end, and
 * wakes the first, which goes on in the middle of what is long over: it may do nothing any more.
 */
export async function freezeAt(road: Road, at: Halt, more: Pick<Site, 'skewSeconds'> = {}): Promise<void> {
  await onFaultScenario(async (scenario) => {
    const victim = await scenario.replica({ ...at, how: 'freeze' }, more);
    await road.begin(scenario, victim.port);
    const over = decideUntilOver(scenario, road.approvers);
    await reached(victim.stopped(), at.point, over);
    await outlive(scenario, road, victim, over);
  }, hurried(road));
}

async function outlive(scenario: FaultScenario, road: Road, victim: Replica, over: Promise<void>) {
  await askAgain(scenario, road, await scenario.peer());
  await over;
  victim.wake();
  await fetch(`http://127.0.0.1:${victim.port}/healthz`);
  // What it was about to do it does now.
  await sleep(afterwards);
  await decideUntilOver(scenario, road.approvers);
  // Second copies of a message are found and deleted a little later; what was changed twice stays so.
  const patience = AbortSignal.timeout(hangGuard);
  while ((await violations(scenario)).length > 0 && !patience.aborted) await sleep(500);
  await holds(scenario, road);
}

/** Milliseconds. */
const afterwards = 2_000;

/** What was not committed nobody was told of: whoever wants it asks once more. */
async function askAgain(scenario: FaultScenario, road: Road, { running: { port } }: Peer): Promise<void> {
  if ((await readRemediations(scenario.knex)).length === 0) await road.begin(scenario, port);
}

/** True where the road came by the statement. */
export async function strikeAt(road: Road, strike: Strike): Promise<boolean> {
  const met = { it: true };
  await onFaultScenario(async (scenario) => {
    const victim = await scenario.replica(undefined, { strike });
    await road.begin(scenario, victim.port);
    const over = decideUntilOver(scenario, road.approvers);
    const until = { 'die before': victim.gone, 'die after': victim.gone, freeze: victim.stopped() };
    const [, struck] = Object.entries(until).find(([how]) => how === strike.how) ?? [];
    met.it = await Promise.race([(struck ?? victim.struck).then(() => true), over.then(() => false)]);
    if (met.it && strike.how === 'freeze') return outlive(scenario, road, victim, over);
    if (met.it && strike.how.startsWith('die')) await askAgain(scenario, road, await scenario.peer());
    await over;
    await holds(scenario, road);
  }, hurried(road));
  return met.it;
}

/** Goes down a road without any fault, and answers what it comes by. */
export async function hear(road: Road): Promise<Heard> {
  const heard: Heard[] = [];
  await onFaultScenario(async (scenario) => {
    const replica = await scenario.replica(undefined, { isHeard: true });
    await road.begin(scenario, replica.port);
    await decideUntilOver(scenario, road.approvers);
    heard.push(replica.heard);
  }, hurried(road));
  return heard[0] ?? { statement: [], point: [] };
}

export async function onFaultScenario(
  play: (scenario: FaultScenario) => Promise<void>,
  options: FaultScenarioOptions = {},
): Promise<void> {
  const scenario = await openFaultScenario(options);
  try {
    await play(scenario);
  } finally {
    await scenario.close();
  }
}

export async function holds(scenario: FaultScenario, road: Pick<Road, 'ends'>): Promise<void> {
  expect(await violations(scenario)).toEqual([]);
  const found = await readRemediations(scenario.knex);
  expect(found.map(({ state, verdict }) => [state, verdict])).toEqual(road.ends);
}

/** A vote that was lost waits for a person, so the time after it says nothing about the replica. */
function note(point: string, peer: Peer, killedAt: number): void {
  const first = peer.points.find(({ at }) => at >= killedAt);
  if (first !== undefined && !point.endsWith('-vote'))
    resumed.set(`${resumed.size} ${point}`, first.at - killedAt);
}

/** One line about how fast the other replica went on. */
export function summary(): string {
  const sorted = [...resumed.values()].toSorted((a, b) => a - b);
  const [slowest] = [...resumed.entries()].toSorted(([, a], [, b]) => b - a);
  const p50 = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${sorted.length} kills: next step by the other replica after p50 ${p50.toFixed(0)} ms, max ${sorted.at(-1)?.toFixed(0)} ms (${slowest?.[0]})`;
}

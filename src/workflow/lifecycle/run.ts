import { isFinal } from '../../domain/remediation.ts';
import { isPast } from '../../domain/text/time.ts';
import type { Setting } from '../context.ts';
import { triage } from '../intake/triage.ts';
import type { Claim, Triage, Wake } from '../ports.ts';
import * as advance from './advance.ts';
import { abandon, deadlySentence, perform } from './perform.ts';

/**
 * Answers one wake-up call: loads the row, and if the wake still means something, does one step and commits it
 * together with the end of the job. A wake for an older version is dismissed: somebody else has moved the row.
 *
 * @throws whatever the step throws; the engine wakes it again, with back-off
 */
export async function handleWake(
  setting: Setting,
  wake: Wake,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  switch (wake.kind) {
    case 'step':
      return step(setting, wake, claim, signal);
    case 'expire':
      return expire(setting, wake, claim);
    case 'triage':
      return triageWake(setting, wake, claim, signal);
  }
}

/**
 * Processes that one step may take with it. Whatever it is about the step that ends them (memory, a fault in the
 * runtime), it would otherwise end every replica in turn, and nothing else would be done.
 */
const mostDeaths = 5;

async function step(setting: Setting, wake: Wake, claim: Claim, signal: AbortSignal): Promise<void> {
  const row = await setting.store.load(wake.id);
  if (row === undefined || row.version !== wake.version || isFinal(row.state))
    return setting.store.dismiss(claim);
  await setting.probe(`begin:${row.state}`);
  const deaths = wake.deaths ?? 0;
  const next =
    deaths >= mostDeaths
      ? abandon(setting, row, deaths)
      : await perform(setting, row, claim.attempt + deaths, signal);
  if (next === undefined) return setting.store.dismiss(claim);
  // A claim that was taken away while the step ran belongs to another replica now; the fence would refuse us.
  signal.throwIfAborted();
  await setting.probe(`worked:${row.state}`);
  const outcome = await setting.store.transition(row, next, claim);
  setting.log.info(
    { remediation: row.number, from: row.state, to: next.next.state, event: next.event, outcome },
    `Remediation ${row.number}: ${row.state} to ${next.next.state}`,
  );
  await setting.probe(`committed:${row.state}`);
  if (outcome === 'stale') await setting.store.dismiss(claim);
}

async function expire(setting: Setting, wake: Wake, claim: Claim): Promise<void> {
  const row = await setting.store.load(wake.id);
  const now = setting.clock();
  if (row?.state !== 'waiting' || row.version !== wake.version || !isPast(row.expiresAt, now)) {
    return setting.store.dismiss(claim);
  }
  const outcome = await setting.store.transition(
    row,
    advance.expired(row, { now, policy: setting.policy() }),
    claim,
  );
  if (outcome === 'stale') await setting.store.dismiss(claim);
}

async function triageWake(setting: Setting, wake: Wake, claim: Claim, signal: AbortSignal): Promise<void> {
  const incident = await setting.store.incident(wake.id);
  if (incident?.state !== 'received' || incident.version !== wake.version)
    return setting.store.dismiss(claim);
  await setting.probe('begin:received');
  const deaths = wake.deaths ?? 0;
  const outcome: Triage =
    deaths >= mostDeaths
      ? { kind: 'no_action', reason: deadlySentence(deaths) }
      : await triage(setting, incident, claim.attempt + deaths, signal);
  signal.throwIfAborted();
  await setting.probe('worked:received');
  const settled = await setting.store.settleTriage(incident, outcome, claim);
  await setting.probe('committed:received');
  if (settled === 'stale') await setting.store.dismiss(claim);
}

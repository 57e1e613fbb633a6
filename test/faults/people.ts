import { setTimeout as sleep } from 'node:timers/promises';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import { finalStates } from '../../src/domain/remediation.ts';
import { buttonOn } from '../adapters/slack/double/payloads.ts';
import type { DoubleMessage } from '../adapters/slack/double/workspace.ts';
import { hangGuard } from '../support/hang-guard.ts';
import type { FaultScenario } from './fault-scenario.ts';
import { violations } from './invariants.ts';
import { type RemediationRow, readApprovals, readLeftovers, readOutbox, readRemediations } from './ledger.ts';

const isFinal = (row: RemediationRow): boolean => finalStates.some((state) => state === row.state);

/** Looks until it is so; the test's own deadline ends it. */
export async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await sleep(50);
}

/** The card of a remediation while it has an Approve button. */
export function openCard({ slack }: FaultScenario, id: string): DoubleMessage | undefined {
  return slack
    .messages()
    .find(
      (message) =>
        message.metadata?.event_payload['key'] === `card:${id}` &&
        buttonOn(message, actionIds.approve) !== undefined,
    );
}

/**
 * People at their screens: whoever's approval is missing clicks, and clicks again when nothing came of it. Resolves
 * when every remediation is over, every message is sent and no work is left.
 */
export async function decideUntilOver(scenario: FaultScenario, approvers: readonly string[]): Promise<void> {
  const patience = AbortSignal.timeout(hangGuard);
  while (!patience.aborted) {
    const remediations = await readRemediations(scenario.knex);
    for (const row of remediations.filter(({ state }) => state === 'waiting'))
      await approve(scenario, row.id, approvers);
    if (remediations.length > 0 && remediations.every(isFinal) && (await isQuiet(scenario))) return;
    await sleep(150);
  }
  throw new Error(`It does not come to an end: ${(await violations(scenario)).join('; ')}`);
}

/** Has whoever is missing approve a card, if it has its button. */
export async function approve(
  scenario: FaultScenario,
  id: string,
  approvers: readonly string[],
): Promise<void> {
  const decided = await readApprovals(scenario.knex);
  const next = approvers.find(
    (user) => !decided.some(({ remediation_id, user_id }) => remediation_id === id && user_id === user),
  );
  const card = openCard(scenario, id);
  if (next === undefined || card === undefined) return;
  const clicked = scenario.slack.click({ user: next, message: card, actionId: actionIds.approve });
  // Nobody looks for longer at a button that does nothing.
  await Promise.race([clicked, sleep(clickAgainAfter)]);
}

/** Milliseconds. */
const clickAgainAfter = 4_000;

async function isQuiet({ knex }: FaultScenario): Promise<boolean> {
  // In this order: what is promised is promised by a job, so that where none is left nothing more is.
  const leftovers = await readLeftovers(knex);
  const outbox = await readOutbox(knex);
  return outbox.every(({ sent, status }) => sent || status === 'failed') && leftovers.length === 0;
}

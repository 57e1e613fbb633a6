import { createHash } from 'node:crypto';
import { verifyAudit } from '../../src/adapters/postgres/audit/audit.ts';
import { finalStates, moves } from '../../src/domain/remediation.ts';
import { learn } from '../../src/stages/learn/trust.ts';
import type { FaultScenario } from './fault-scenario.ts';
import {
  type ApprovalRow,
  type EventRow,
  type RemediationRow,
  readApprovals,
  readEvents,
  readLeftovers,
  readOperations,
  readOutbox,
  readOutcomes,
  readRemediations,
  readTrust,
  readVerdicts,
} from './ledger.ts';
import { unplanned, writtenOnce } from './writes.ts';

/** Everything the three witnesses say after a test: the database, the cluster's request log, Slack's channel. */
async function witness({ knex, requests, slack }: FaultScenario) {
  const [remediations, events, approvals, operations, outbox, verdicts, trust, outcomes, leftovers] =
    await Promise.all([
      readRemediations(knex),
      readEvents(knex),
      readApprovals(knex),
      readOperations(knex),
      readOutbox(knex),
      readVerdicts(knex),
      readTrust(knex),
      readOutcomes(knex),
      readLeftovers(knex),
    ]);
  const audit = await verifyAudit(knex, (text) => createHash('sha256').update(text).digest('hex'));
  const evidence = {
    remediations,
    events,
    approvals,
    operations,
    outbox,
    verdicts,
    trust,
    outcomes,
    leftovers,
  };
  return { ...evidence, audit, requests, messages: slack.messages() };
}
type Evidence = Awaited<ReturnType<typeof witness>>;

/** What must hold after every fault, once all is over. Answers a sentence for each thing that does not. */
export async function violations(scenario: FaultScenario): Promise<readonly string[]> {
  const evidence = await witness(scenario);
  return [
    ...evidence.remediations.flatMap((row) => [
      ...ended(row),
      ...judgedOnce(row, evidence),
      ...writtenOnce(row, evidence.requests),
      ...movedInOrder(row, evidence.events),
      ...decidedByPeople(row, evidence.approvals, evidence.events),
      ...logged(row, evidence),
      ...promised(row, evidence),
    ]),
    ...unplanned(evidence.remediations, evidence.requests),
    ...told(evidence),
    ...learned(evidence),
    ...evidence.leftovers.map(({ what, count }) => `${count} ${what}`),
    ...(evidence.audit.kind === 'intact' ? [] : [`the audit chain is broken: ${evidence.audit.sentence}`]),
  ];
}

function ended(row: RemediationRow): string[] {
  const final = finalStates.some((state) => state === row.state);
  return final ? [] : [`remediation ${row.number} is still ${row.state}`];
}

/** What was executed has one verdict: on the row and with the incident's evidence, and never another. */
function judgedOnce(row: RemediationRow, { verdicts }: Evidence): string[] {
  const filed = verdicts.filter(({ remediation_id }) => remediation_id === row.id);
  if (!row.applied) return filed.length === 0 ? [] : [`remediation ${row.number} was judged, not executed`];
  if (filed.length !== 1) return [`remediation ${row.number} has ${filed.length} verdicts`];
  return filed[0]?.result === row.verdict
    ? []
    : [`remediation ${row.number} says ${row.verdict}, its evidence ${filed[0]?.result}`];
}

function movedInOrder(row: RemediationRow, events: readonly EventRow[]): string[] {
  const own = events.filter(({ remediation_id }) => remediation_id === row.id);
  const gaps = own.flatMap((event, index) => {
    const before = own[index - 1];
    if (event.version !== index)
      return [`remediation ${row.number}: event ${index} has version ${event.version}`];
    if (event.from_state !== (before?.to_state ?? null))
      return [`remediation ${row.number}: a state was skipped`];
    const allowed = Object.entries(moves).find(([from]) => from === event.from_state)?.[1] ?? ['requested'];
    return allowed.some((to) => to === event.to_state)
      ? []
      : [`remediation ${row.number}: ${event.from_state} to ${event.to_state} is no move`];
  });
  const last = own.at(-1);
  const agrees = last?.to_state === row.state && last.version === row.version;
  return agrees ? gaps : [...gaps, `remediation ${row.number}: its last event is not its state`];
}

const needed: Readonly<Record<string, number>> = { auto: 0, human: 1, dual: 2 };

/** As many people as the tier asks for, not the requester, for this very digest, before the execution began. */
function decidedByPeople(
  row: RemediationRow,
  approvals: readonly ApprovalRow[],
  events: readonly EventRow[],
): string[] {
  const started = events.find(
    ({ remediation_id, to_state }) =>
      remediation_id === row.id && (to_state === 'executing' || to_state === 'pr_open'),
  );
  const own = approvals.filter(({ remediation_id }) => remediation_id === row.id);
  const people = new Set(own.map(({ user_id }) => user_id));
  if (people.size !== own.length) return [`remediation ${row.number}: somebody decided twice`];
  if (started === undefined) return [];
  const valid = own.filter(
    ({ decision, digest, user_id, seq }) =>
      decision === 'approve' && digest === row.digest && user_id !== row.requested_by && seq < started.seq,
  );
  return valid.length === (needed[row.tier ?? ''] ?? Number.NaN)
    ? []
    : [`remediation ${row.number} (${row.tier}) was executed with ${valid.length} valid approvals`];
}

function logged(row: RemediationRow, { operations }: Evidence): string[] {
  const lines = operations.filter(({ remediation_id }) => remediation_id === row.id);
  const [line] = lines;
  return lines.length === 1 && line?.outcome !== null && line?.ended_at !== null
    ? []
    : [`remediation ${row.number} has ${lines.length} lines in automation_operation_log, or an open one`];
}

/** What the thread says of each event; the others are shown by the card alone. */
const replies: Readonly<Record<string, string>> = {
  vote_counted: 'vote',
  approved: 'vote',
  rejected: 'vote',
  verifying: 'executed',
  verdict_verified: 'verdict',
  verdict_not_verified: 'verdict',
  verdict_inconclusive: 'verdict',
};

/** A message that was never promised is missed by nobody else: each event that people are told of has its reply. */
function promised(row: RemediationRow, { events, outbox }: Evidence): string[] {
  return events
    .filter(({ remediation_id, event }) => remediation_id === row.id && replies[event] !== undefined)
    .filter(
      ({ version, event }) =>
        !outbox.some(({ key }) => key.endsWith(`${row.id}:${version}:${replies[event]}`)),
    )
    .map(({ event }) => `remediation ${row.number}: nothing was promised to the thread about ${event}`);
}

/** Every promised message is there once, in its newest form; every remediation has its card and a thread. */
function told({ outbox, messages, remediations }: Evidence): string[] {
  const keyOf = (message: (typeof messages)[number]) => message.metadata?.event_payload['key'];
  const counts = outbox.flatMap(({ key, status, sent }) => {
    const there = messages.filter((message) => keyOf(message) === key).length;
    if (status !== 'open' || !sent) return [`the message ${key} was not brought up to date`];
    return there === 1 ? [] : [`the message ${key} is there ${there} times`];
  });
  const cardless = remediations
    .filter(({ id }) => !outbox.some(({ key }) => key === `card:${id}`))
    .map(({ number }) => `remediation ${number} has no card`);
  const strays = messages
    .filter((message) => !outbox.some(({ key }) => key === keyOf(message)))
    .map(({ text }) => `nobody promised the message "${text}"`);
  const loose = outbox
    .filter(
      ({ kind, ts }) =>
        kind === 'reply' && messages.find((message) => message.ts === ts)?.thread_ts === undefined,
    )
    .map(({ key }) => `the reply ${key} is in no thread`);
  return [...counts, ...cardless, ...strays, ...loose];
}

/**
 * Trust is what the outcomes in their order make it. Each verdict that something did not work is one, once for each incident;
 * that something worked is none before it has lasted.
 */
function learned({ trust, verdicts, remediations, outcomes }: Evidence): string[] {
  const names = new Set(
    remediations
      .filter(({ requested_by }) => requested_by.startsWith('playbook '))
      .map((row) => row.requested_by),
  );
  return [...names].flatMap((by) => {
    const incidents = new Map(
      remediations.filter((row) => row.requested_by === by).map(({ id, incident_id }) => [id, incident_id]),
    );
    const failed = new Set(
      verdicts
        .filter(({ result }) => result === 'not_verified')
        .flatMap(({ remediation_id }) => incidents.get(remediation_id) ?? []),
    );
    const own = outcomes.filter(({ playbook }) => by === `playbook ${playbook}`);
    const counted = own.filter(({ result }) => result === 'not_verified').length;
    const last = own.at(-1);
    const expected = learn(own, { at: last?.at ?? '', digest: last?.digest });
    const found = trust.find(({ name }) => by === `playbook ${name}`);
    const agrees =
      counted === failed.size &&
      (found?.samples ?? 0) === (expected?.samples ?? 0) &&
      Math.abs((found?.trust_score ?? 0) - (expected?.score ?? 0)) < 1e-12;
    return agrees ? [] : [`the trust of ${by} is ${found?.trust_score} after ${found?.samples} samples`];
  });
}

import type { Knex } from 'knex';
import { z } from 'zod';
import { printAction } from '../../actions/print.ts';
import { targetKey } from '../../domain/action.ts';
import type { Remediation } from '../../domain/remediation.ts';
import { json } from '../../domain/text/json.ts';
import type { PeopleFirst } from '../../workflow/intake/people-first.ts';
import type { Snapshot, Store } from '../../workflow/ports.ts';
import type { Proposal } from '../../workflow/proposal.ts';
import { appending } from './audit/audit.ts';
import { untilNothingIsSent } from './brakes/in-flight.ts';
import { endStop, findStop, putStop } from './brakes/stops.ts';
import { findStormStanding } from './brakes/storm-standing.ts';
import { findStorm, noteHealth } from './brakes/storms.ts';
import type { Context } from './context.ts';
import { findIncidentStanding, findWaiting, promiseReport, settleEnding } from './incidents/endings.ts';
import { findEngaged, findResolution, lockOwners } from './incidents/engaged.ts';
import { createHeard } from './incidents/heard.ts';
import { findIncident, ingest } from './incidents/incidents.ts';
import { createIntake } from './incidents/intake.ts';
import { findOverview } from './incidents/overview.ts';
import { findTrust } from './incidents/playbooks.ts';
import { findStory } from './incidents/story.ts';
import { settleAsleep, settleTriage, takeAsleep } from './incidents/triaged.ts';
import { inTurns } from './incidents/turns.ts';
import { wakeForRoom } from './incidents/waking.ts';
import { findCounted, findNamespaces } from './insight/counted.ts';
import { awaitCluster, findAwaiting } from './jobs/awaiting.ts';
import { findPosted } from './outbox/parts.ts';
import { findAftermath, settleAftermath } from './remediations/aftermaths.ts';
import { approveAndExecute } from './remediations/approve-and-execute.ts';
import { findDriftWatch, settleDrift } from './remediations/drift-watches.ts';
import { findPastWith } from './remediations/found.ts';
import { findHistory } from './remediations/history.ts';
import { homeOf } from './remediations/homes.ts';
import { findOpenRequests } from './remediations/open-requests.ts';
import { logInstant } from './remediations/operations.ts';
import { findPast } from './remediations/past.ts';
import {
  asStored,
  findById,
  findByNumber,
  findByRequestKey,
  findSame,
  openAsked,
  summaries,
} from './remediations/remediations.ts';
import { findSecondLook, settleLook } from './remediations/second-looks.ts';
import { voteTogether } from './remediations/together.ts';
import { commitTransition, firstEntry } from './remediations/transition.ts';
import { findUsage } from './remediations/usage.ts';
import { findApprovals, vote } from './remediations/votes.ts';
import { leave, rememberedBelonging } from './remediations/whereabouts.ts';
import { type Db, rows, timestamp } from './sql.ts';
import { readingTogether } from './together.ts';
import { transact } from './transact.ts';
import type { Transaction } from './transaction.ts';

/** What keeps alerts out of the way of people. */
interface AlertsApart {
  readonly intake?: Knex;
  readonly triage?: Knex;
  readonly afterPeople?: PeopleFirst['afterPeople'] | undefined;
}

/**
 * The Store port on PostgreSQL. Every method that writes is one transaction and harmless to repeat.
 *
 * @param context `intake` and `triage`: pools of their own for what comes of alerts, so that neither people nor steps wait
 *   for a connection in a storm
 */
export function createStore(context: Context & AlertsApart): Store {
  const { knex, intake = knex, triage = knex } = context;
  const reading = readingTogether(knex);
  const ofAlerts = { ...context, knex: triage };
  const heard = createHeard(triage);
  const door = createIntake(
    (requests) => ingest({ ...context, knex: intake }, requests, heard),
    () => wakeForRoom(ofAlerts),
    context.afterPeople,
  );
  const asleep = inTurns(
    {
      takeAsleep: (limit) => takeAsleep(ofAlerts, limit),
      settleAsleep: (triaged, putBack) => settleAsleep(ofAlerts, triaged, putBack),
    },
    door.calm,
  );
  return {
    open: (proposal, requestKey) => open(context, proposal, requestKey),
    ...unacted(context),
    ingest: door.ingest,
    incident: (id) => findIncident(reading, id),
    storm: (number) => findStorm(knex, number, context.clusters !== undefined),
    stormStanding: () => findStormStanding(knex, context.clusters !== undefined),
    noteHealth: (found, line) => noteHealth(context, found, line),
    engaged: (owner) => findEngaged(context, reading, owner),
    overview: (incidentId) => findOverview(reading, incidentId),
    story: (incident) => findStory(knex, incident, context.clusters !== undefined),
    promiseReport: (incidentId, key) => transact(knex, (trx) => promiseReport(trx, incidentId, key)),
    lookBack: (asked) => findPastWith(context, asked),
    incidentStanding: (incidentId) => findIncidentStanding(knex, incidentId),
    waitingIn: (incidentId) => findWaiting(knex, incidentId),
    settleEnding: (incidentId, found, claim) => settleEnding(ofAlerts, incidentId, found, claim),
    awaitCluster: (waiting, claim, seconds) => awaitCluster(ofAlerts, waiting, claim, seconds),
    awaiting: () => findAwaiting(knex),
    resolvedAt: (incidentId) => findResolution(knex, incidentId),
    settleTriage: (incident, came, claim) => settleTriage(ofAlerts, { incident, triage: came }, claim),
    ...asleep,
    load: (id) => findById(reading, id),
    byNumber: (number) => findByNumber(knex, number),
    approvals: (id) => findApprovals(reading, id),
    posted: (remediationId, version) => findPosted(knex, remediationId, version),
    snapshots: (remediationId) => findSnapshots(knex, remediationId),
    transition: (from, transition, claim) => commitTransition(context, from, transition, claim),
    dismiss: async (claim) => {
      await transact(knex, (trx) => context.queue.complete(trx, claim));
    },
    belongsTo: rememberedBelonging(context),
    leave: (row, claim, deaths, kind) => leave(context, row, claim, deaths, kind),
    vote: (id, judge, seen) => vote(context, id, judge, seen),
    voteTogether: (place, judge) => voteTogether(context, place, judge),
    approveAndExecute: (seen, passed) => approveAndExecute(context, seen, passed),
    summaries: (filter) => summaries(context, filter),
    counted: (asked) => findCounted(knex, asked),
    namespacesSince: (since) => findNamespaces(knex, since),
    usage: (place, since) => findUsage(reading, place, since),
    history: (objects, now) => findHistory(reading, objects, now),
    past: (cluster, target, since) => findPast(reading, cluster, target, since),
    stopped: () => findStop(reading),
    stop: async (order) => {
      const put = await putStop(context, { ...order, at: context.clock() });
      await untilNothingIsSent(knex);
      return put;
    },
    start: (order) => endStop(context, { ...order, at: context.clock() }),
    trust: (playbook, asked) => findTrust(context, reading, playbook, asked),
    secondLook: (remediationId) => findSecondLook(reading, remediationId),
    settleLook: (row, look, claim) => settleLook(context, row, look, claim),
    aftermath: (remediationId) => findAftermath(knex, remediationId),
    openRequests: (of) => findOpenRequests(reading, of),
    settleAftermath: (row, step, claim) => settleAftermath(context, row, step, claim),
    driftWatch: (remediationId) => findDriftWatch(reading, remediationId),
    settleDrift: (row, look, claim) => settleDrift(context, row, look, claim),
    now: () => findNow(knex),
  };
}

/** What is logged of commands that come to nothing. */
const unacted = (context: Context): Pick<Store, 'recordUnparsable' | 'recordDenied'> => {
  const log = (
    { by, ...entry }: Parameters<Store['recordDenied']>[0],
    outcome: 'unparsable' | 'no_action',
    detail: string,
  ) => {
    const { requestKey, command } = entry;
    const at = context.clock();
    return transact(context.knex, (trx) =>
      logInstant(trx, { requestKey, command, requestedBy: by.userId, outcome, detail, at }),
    );
  };
  return {
    recordUnparsable: (entry) => log(entry, 'unparsable', entry.reason),
    recordDenied: (entry) => log(entry, 'no_action', `refused: ${entry.reason}`),
  };
};

type Opened = { readonly remediation: Remediation; readonly created: boolean };

/** The unique key of the incident decides between two deliveries of the same request: the second finds the first. */
async function open(context: Context, proposal: Proposal, requestKey: string): Promise<Opened> {
  const at = context.clock();
  const { id } = proposal;
  const step = context.goingOn?.adopt({ kind: 'step', id, version: 0 });
  const opened = await transact(context.knex, async (trx) => {
    const same = await askedAlready(context, trx, proposal);
    if (same !== undefined) return { remediation: same, created: false };
    const asked = { key: `request:${requestKey}`, title: printAction(proposal.action) };
    const remediation = await openAsked(trx, asked, {
      proposal,
      incidentId: context.newId(),
      ...homeOf(context, proposal),
      at,
      requestKey,
    });
    if (remediation === undefined) return { remediation: await found(trx, requestKey), created: false };
    const wake = step?.statement ?? context.queue.sending({ kind: 'step', id, version: 0 });
    trx.last(wake, appending([firstEntry(context, remediation)]));
    return { remediation, created: true };
  });
  const row = asStored(opened.remediation);
  if (opened.created) await step?.begin(row);
  // The one that was found is this one, if it was committed without an answer.
  else if (row.id === id && row.version === 0) await step?.beginIfCommitted(row);
  return opened;
}

/** What asks the same as what is asked anew; of clicks at the same moment, on whatever cards, the second sees the first's. */
async function askedAlready(
  context: Context,
  trx: Transaction,
  proposal: Proposal,
): Promise<Remediation | undefined> {
  if (proposal.anew === undefined) return undefined;
  const { cluster } = homeOf(context, proposal);
  trx.demand(lockOwners([targetKey(cluster, proposal.action.target)]));
  return findSame(trx, cluster, proposal.action);
}

async function found(trx: Db, requestKey: string): Promise<Remediation> {
  const remediation = await findByRequestKey(trx, requestKey);
  if (remediation === undefined) throw new Error(`request ${requestKey} has an incident but no remediation`);
  return remediation;
}

async function findNow(db: Db): Promise<string> {
  const [found] = await rows(db, z.object({ now: timestamp }), 'select clock_timestamp() as now');
  if (found === undefined) throw new Error('the database does not say what time it is');
  return found.now;
}

const snapshotRow = z
  .object({ uid: z.string(), taken_at: timestamp, object: json })
  .transform(({ taken_at: takenAt, ...rest }) => ({ ...rest, takenAt }));

async function findSnapshots(db: Db, remediationId: string): Promise<readonly Snapshot[]> {
  const sql = 'select uid, taken_at, object from snapshots where remediation_id = ? order by uid';
  return rows(db, snapshotRow, sql, [remediationId]);
}

import type { Action, GroupTarget, Target, TargetKind } from '../domain/action.ts';
import type { Actor } from '../domain/actor.ts';
import type { Approval } from '../domain/approval.ts';
import type { History, PlaceUsage } from '../domain/circumstances.ts';
import type { Answered, Asked } from '../domain/constraints/readings.ts';
import type { Facts } from '../domain/facts/facts.ts';
import type { SourceOwner } from '../domain/facts/manifest-source.ts';
import type { DriftedField } from '../domain/incidents/drift.ts';
import type { Evidence, Seen } from '../domain/incidents/evidence.ts';
import type { Alert, Incident } from '../domain/incidents/incident.ts';
import type { Notice } from '../domain/incidents/notice.ts';
import type { Earned } from '../domain/incidents/outcome.ts';
import type { Overview } from '../domain/incidents/overview.ts';
import type { Trust } from '../domain/incidents/playbook.ts';
import type { Aftermath } from '../domain/manifest/emergency.ts';
import type { Former, Keeper } from '../domain/owner.ts';
import type { Call, DryRunResult, Plan } from '../domain/plan.ts';
import type { Requesters } from '../domain/policy/people.ts';
import type { Approvers } from '../domain/policy/policy.ts';
import type { Remediation } from '../domain/remediation.ts';
import type { Json } from '../domain/text/json.ts';
import type { Observation, Verdict } from '../domain/verdict.ts';
import type { Applied, AppliedRevisions, Fence } from './applied.ts';
import type { LastVotes } from './approval/last-vote-port.ts';
import type { TogetherVotes } from './approval/together-port.ts';
import type { Brakes } from './brakes-port.ts';
import type { Content } from './content.ts';
import type { IncidentRecords, Looked } from './incidents-port.ts';
import type { CountedAsked, CountedFound, NamespaceAt } from './insight/statistics-port.ts';
import type { Aftermaths } from './lasting/aftermath-port.ts';
import type { Suspensions } from './lasting/suspension.ts';
import type { Engaged, Owned, Proposal, Triage } from './proposal.ts';
import type { Place, Proviso, RememberedObject, Written } from './records-port.ts';
import type { SecondLook } from './second-look.ts';
import type { Posted } from './shown.ts';
import type { Summary } from './summary.ts';
import type { Claim, Committed, Wake } from './wake.ts';

/** The database's or the machine's time, as an ISO instant. */
export type Clock = () => string;

/** A fresh UUID; and the SHA-256 of a text, 64 hex digits. */
export type NewId = () => string;
export type Sha256 = (text: string) => string;

/** Structured logging, pino's shape: an object of fields, then a sentence. */
export interface Log {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

// Cluster

/** A raw object as the API server sent it, kept for the rollback. */
export interface Snapshot {
  readonly uid: string;
  readonly takenAt: string;
  readonly object: Json;
}

/** What looking at a target brought. `denied` names the verb and the resource that RBAC withholds. */
export type Gathered =
  | { readonly kind: 'facts'; readonly facts: Facts; readonly snapshot: Snapshot }
  | { readonly kind: 'absent'; readonly reason: string; readonly alike?: readonly Target[] }
  | { readonly kind: 'denied'; readonly reason: string };

/**
 * One Kubernetes cluster. Every method throws `ClusterFault` when the cluster cannot be asked (unreachable,
 * timed out, 429, 5xx): the caller retries. Answers that will not change by asking again are values.
 */
export interface Cluster extends Suspensions {
  readonly name: string;
  /** Which cluster this is, whatever it is called; undefined where it does not say. */
  identity(signal: AbortSignal): Promise<string | undefined>;
  /**
   * Reads what the evaluator needs for each action, in parallel and within a deadline each; what could not be read is a
   * named unknown. The answers are in the order of the actions; what several of them need is read once. `shared`: lists of the
   * whole cluster may be a second old; for proposals, which come in herds, and never for what decides whether something is sent.
   */
  gather(actions: readonly Action[], signal: AbortSignal, reading?: 'shared'): Promise<readonly Gathered[]>;
  /** The names of the objects that a label selector matches, sorted. */
  select(
    group: GroupTarget & { readonly selector: string },
    signal: AbortSignal,
  ): Promise<
    { readonly kind: 'names'; readonly names: readonly string[] } | Extract<Gathered, { kind: 'denied' }>
  >;
  /** Sends every call with dryRun=All. */
  dryRun(plan: Plan, signal: AbortSignal): Promise<DryRunResult>;
  /** Sends one guarded call behind a fence; recognises its own work when the guard fails or the answer is lost. */
  apply(call: Call, fieldManager: string, signal: AbortSignal, fence: Fence): Promise<Applied>;
  /** The commits that a GitOps tool says it has applied, and what keeps it from applying others. */
  applied(owner: SourceOwner, signal: AbortSignal): Promise<AppliedRevisions>;
  /** Looks at an object after a change. With the plan it also says what of the values written is not there any more. */
  observe(target: Target, signal: AbortSignal, plan?: Plan): Promise<Observation>;
  /** What of the values that a plan wrote is something else by now, field by field; empty while all of it is as written. */
  drifted(plan: Plan, signal: AbortSignal): Promise<readonly DriftedField[]>;
  /** Reads what decides whether constraints hold, one answer each; what may not be read is a named unknown. */
  read(asked: readonly Asked[], signal: AbortSignal): Promise<readonly Answered[]>;
  /** Why a target fails, for the thread: log tails, termination reasons, warning events. The workflow redacts it. */
  diagnose(target: Target, signal: AbortSignal): Promise<{ readonly text: string }>;
  /** What there is to see of a target when an alert about it arrives, within 3 s; what is not is named. Not redacted. */
  evidence(target: Target, signal: AbortSignal): Promise<Seen>;
  /**
   * Real objects of these kinds that a target may have meant, at most three, the most alike first; the target itself is
   * the first where it is there. What may not be listed has none.
   */
  resembling(target: Target, kinds: readonly TargetKind[], signal: AbortSignal): Promise<readonly Target[]>;
  /**
   * The Deployment, StatefulSet, DaemonSet or Job behind a pod or a ReplicaSet, by owner references, or an operator's own object;
   * the CronJob behind a Job, what an autoscaler scales, what a pod that is gone was of by its name; absent where there is none.
   */
  ownerOf(owned: Dependent, signal: AbortSignal): Promise<Target | Keeper | Former | undefined>;
}

/** What a workload makes and owns, or what scales one. */
export interface Dependent {
  readonly kind: 'Pod' | 'ReplicaSet' | 'Job' | 'HorizontalPodAutoscaler';
  readonly namespace: string;
  readonly name: string;
}

/** The cluster could not be asked. `retryAfterSeconds` is the server's own wish, when it sent one. */
export class ClusterFault extends Error {
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ClusterFault';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

// Chat: what it shows is in content.ts.
export type { Content } from './content.ts';

export interface Post {
  /** Outbox key, carried in the message so that it can be found again. */
  readonly key: string;
  readonly channel: string;
  readonly threadTs?: string;
  readonly content: Content;
}

/**
 * The answer to a post or an update. `later`: not taken, try again no sooner than this. `unknown`: it may or may
 * not have been taken (timeout, 5xx); look for the key before posting again. `withheld`: not taken until somebody has
 * seen to it, the channel (the bot is no member), the app (its token was revoked) or what nobody thought of with this
 * one message. `gone`: the message that was to be updated is not there. `refused`: the message itself is at fault, and
 * will never be taken.
 */
export type Delivered =
  /** `short`: not in its full form, which was not taken. `copies`: more messages with the same key, by their timestamps. */
  | {
      readonly kind: 'sent';
      readonly channel: string;
      readonly ts: string;
      readonly short?: true;
      readonly copies?: readonly string[];
    }
  | { readonly kind: 'withheld'; readonly where: 'message' | 'channel' | 'app'; readonly reason: string }
  | { readonly kind: 'gone'; readonly reason: string }
  | { readonly kind: 'later'; readonly afterSeconds: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Chat {
  post(post: Post, signal: AbortSignal): Promise<Delivered>;
  update(post: Post & { readonly ts: string }, signal: AbortSignal): Promise<Delivered>;
  /** Timestamps of the messages that carry the key, posted at or after `since`, the oldest first; or why it is not known. */
  find(
    place: Pick<Post, 'key' | 'channel' | 'threadTs'>,
    since: string,
    signal: AbortSignal,
  ): Promise<readonly string[] | NotSearched>;
  /** Deletes one of our own messages; one that is not there is `removed`, too. */
  remove(message: { readonly channel: string; readonly ts: string }, signal: AbortSignal): Promise<Removed>;
}

export type NotSearched = Extract<Delivered, { kind: 'later' | 'withheld' | 'unknown' }>;
export type Removed =
  | { readonly kind: 'removed' }
  | { readonly kind: 'later'; readonly afterSeconds: number; readonly reason: string };

/**
 * May somebody do what they want to? `unknown`: it could not be looked up; that never counts as a yes, but asking again
 * may help. `age`: seconds since the oldest answer of the chat's that it rests on was asked for; absent: none.
 */
export type Right =
  | { readonly kind: 'allowed'; readonly age?: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * What a right is asked about for, which says how fresh the answer must be. `ask` and `approve` look the person up
 * anew, and their groups at most a minute ago or anew; `approve in two`, where two people must agree, is answered by
 * nothing that was asked before; `gate` is content with anything of the last minute.
 */
export type Occasion = 'ask' | 'approve' | 'approve in two' | 'gate';

/** Who people are and what groups they are in, as the chat says. Only full members of the workspace have any right. */
export interface People {
  mayApprove(actor: Actor, approvers: Approvers, occasion?: Occasion): Promise<Right>;
  /** May this person ask for changes, and see them? Whatever the channel; undefined: every full member may. */
  mayAsk(actor: Actor, requesters: Requesters | undefined, occasion?: Occasion): Promise<Right>;
}

// Storage

export type { Claim, Committed, Wake } from './wake.ts';
/** What a transition does besides moving the row. All of it commits with the row, or none of it. */
export type SideEffect =
  /** Wake this row's next step, now or later. */
  | { readonly kind: 'wake'; readonly afterSeconds: number }
  /** Wake it at an instant if the version is still the same. */
  | { readonly kind: 'expire'; readonly at: string }
  /** Bring the card up to date. */
  | { readonly kind: 'card' }
  /** Reply in the card's thread; `key` makes it happen once. */
  | { readonly kind: 'reply'; readonly key: string; readonly notice: Extract<Notice, { kind: 'reply' }> }
  /** What the card has no room for, in its thread. */
  | { readonly kind: 'part'; readonly notice: Extract<Notice, { kind: 'part' }> }
  /** Deleted some time after `keptUntil`, an instant: when the policy's window for rollbacks is over. */
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly keptUntil: string }
  /** Start or end of a line in automation_operation_log. */
  | { readonly kind: 'log'; readonly entry: LogEntry }
  /** Notes whose incident it is by the `ownerKey` of what was looked at, and joins the one that is open of that owner. */
  | { readonly kind: 'owner'; readonly key: string }
  /** What was seen of the incident when it arrived; once for each incident. Of what nobody asked for more is looked up after it. */
  | { readonly kind: 'evidence'; readonly evidence: Evidence; readonly isAsked?: true }
  /** The incident is looked at a little later: it took longer than the proposal may wait. */
  | { readonly kind: 'evidence later' }
  /** The verdict goes to incident_evidence.verification_result; that it did not work moves the playbook's trust. */
  | {
      readonly kind: 'verdict';
      readonly verdict: Verdict;
      readonly playbook?: string;
      readonly environment?: string;
      readonly digest?: string | undefined;
    }
  /** Looks once more at that instant whether a verified change has lasted. */
  | { readonly kind: 'second look'; readonly at: string; readonly environment?: string | undefined }
  /** From the first instant on it is looked whether a verified change drifts, until the other one. */
  | { readonly kind: 'watch'; readonly at: string; readonly until: string }
  /** What an emergency leaves to be done, whatever becomes of the change; looked at from that instant on. */
  | { readonly kind: 'aftermath'; readonly aftermath: Aftermath; readonly at: string }
  /** Opens a linked remediation in the same incident: a rollback offer, or the new card of a superseded one. */
  | { readonly kind: 'propose'; readonly proposal: Proposal };

export type LogEntry =
  | { readonly kind: 'started'; readonly command: string }
  | {
      readonly kind: 'ended';
      readonly command: string;
      readonly outcome: 'no_action' | 'unparsable' | 'succeeded' | 'failed';
      readonly detail: string;
      readonly stderr?: string;
    };

/** One transition as data: the event's name for the audit chain, the row as it will be, and what goes with it. */
export interface Transition {
  readonly event: string;
  readonly next: Remediation;
  readonly sideEffects: readonly SideEffect[];
  /** Absent where no budget has a say. A vote has none: it starts nothing. */
  readonly proviso?: Proviso;
}

/** What a vote came to: an answer for the person who clicked and, if it counts, what to write. */
export interface VoteOutcome {
  readonly answer: Answer;
  readonly approval?: Approval;
  readonly transition?: Transition;
}

/** The answer to a click, shown to the clicker alone. */
export interface Answer {
  readonly kind: 'recorded' | 'refused' | 'already';
  readonly sentence: string;
}

/** An incident, and what its triage came to. */
export interface Triaged {
  readonly incident: Incident;
  readonly triage: Triage;
}

interface Unacted {
  readonly command: string;
  readonly reason: string;
  readonly by: Actor;
  readonly requestKey: string;
}

export interface Store
  extends Brakes,
    IncidentRecords,
    Aftermaths,
    TogetherVotes<Answer, Transition>,
    LastVotes<Transition> {
  /**
   * Opens an incident and its first remediation by a person; the same `requestKey` again returns the first, and of what is asked
   * anew what asks the same and is not over.
   */
  open(
    proposal: Proposal,
    requestKey: string,
  ): Promise<{ readonly remediation: Remediation; readonly created: boolean }>;
  /** A row in automation_operation_log for a command that could not be parsed; once for each `requestKey`. */
  recordUnparsable(entry: Unacted): Promise<void>;
  /** A row in automation_operation_log for what somebody wanted and may not; once for each `requestKey`. */
  recordDenied(entry: Unacted): Promise<void>;
  /** Commits alerts as incidents with evidence and a triage wake; known ones change nothing, resolved ones are noted. */
  ingest(
    alerts: readonly Alert[],
  ): Promise<{ readonly opened: number; readonly known: number; readonly resolved: number }>;
  incident(id: string): Promise<Incident | undefined>;
  /** The remediation of an owner that stands in the way of another one. */
  engaged(owner: Owned): Promise<Engaged | undefined>;
  /** What is known of an incident and of all that joined it. */
  overview(incidentId: string): Promise<Overview | undefined>;
  /** Commits what a look at an incident came to, if it is still as it was seen. */
  settleEnding(incidentId: string, found: Looked, claim?: Claim): Promise<Committed>;
  /** When an incident and all that joined it were resolved; undefined while something of it still fires. */
  resolvedAt(incidentId: string): Promise<string | undefined>;
  /**
   * Commits what triage came to. What is proposed for an owner that another remediation is engaged with joins that; of many
   * alerts without an action only a few get a message each, and the others one together.
   */
  settleTriage(incident: Incident, triage: Triage, claim?: Claim): Promise<Committed>;
  /** Incidents that wait for triage and that nobody has been woken for, the oldest first; they are the caller's now. */
  takeAsleep(limit: number): Promise<readonly Incident[]>;
  /** The same as settleTriage for many of them, in one commit; what is put back waits as before. */
  settleAsleep(triaged: readonly Triaged[], putBack: readonly Incident[]): Promise<void>;
  load(id: string): Promise<Remediation | undefined>;
  byNumber(number: number): Promise<Remediation | undefined>;
  approvals(id: string): Promise<readonly Approval[]>;
  /** What became of the card and of the parts that were promised with a version of the row. */
  posted(remediationId: string, version: number): Promise<Posted>;
  /** Every object as it was before it was changed. */
  snapshots(remediationId: string): Promise<readonly Snapshot[]>;
  /** The only way a remediation moves. Refuses a move that `moves` does not list (a fault). */
  transition(from: Remediation, transition: Transition, claim?: Claim): Promise<Committed>;
  /** Ends a wake that means nothing any more. */
  dismiss(claim: Claim): Promise<void>;
  /**
   * Whether a remediation is for the cluster of this identity. One that has none yet, as of an earlier release, takes it on
   * if the cluster's name, or else the default's, is the same.
   */
  belongsTo(remediationId: string, identity: string | undefined, name?: string): Promise<boolean>;
  /** Leaves a step or a triage to who is at its cluster or has a place there: it comes again, with its `deaths`, 0 once tried. */
  leave(row: Remediation | Incident, claim: Claim, deaths?: number, kind?: 'triage'): Promise<void>;
  /**
   * Locks the row, asks `judge` (pure), writes what it says; clicks on one remediation are decided one by one. `seen`: as it
   * was read a moment ago, which is decided on at once if that is how it still stands.
   */
  vote(
    id: string,
    judge: (current: Remediation, approvals: readonly Approval[]) => VoteOutcome,
    seen?: { readonly row: Remediation; readonly approvals: readonly Approval[] },
  ): Promise<Answer>;
  summaries(filter: { readonly open: boolean; readonly limit: number }): Promise<readonly Summary[]>;
  /** What is counted of the remediations that were asked for since an instant. */
  counted(asked: CountedAsked): Promise<CountedFound>;
  /** Of each namespace in which something was asked for since an instant, the newest remediation; `-` for none. */
  namespacesSince(since: string): Promise<readonly (NamespaceAt & { readonly id: string })[]>;
  /** What was started since an instant, and what runs now. */
  usage(place: Place, since: string): Promise<PlaceUsage>;
  /** What was begun on these objects and their owners in the day before `now`, and how large they were in its last hour. */
  history(objects: readonly RememberedObject[], now: string): Promise<History>;
  /** The latest remediations that wrote to an object since an instant, alone or with others; the oldest of them first. */
  past(cluster: string, target: Target, since: string): Promise<readonly Written[]>;
  /** What a playbook has earned: everywhere, as of its last outcome, or in one environment, for what it does now, at an instant. */
  trust(playbook: string, asked?: Omit<Earned, 'playbook'> & { at: string }): Promise<Trust | undefined>;
  /** How often it was looked whether a verified change has lasted; undefined where that is over or was never wanted. */
  secondLook(remediationId: string): Promise<number | undefined>;
  /** Commits what a second look came to: the playbook's outcome, the line in the log, the word in the thread. */
  settleLook(row: Remediation, look: SecondLook, claim?: Claim): Promise<Committed>;
  /** The time by the clock that wakes are due by. */
  now(): Promise<string>;
}

/** The engine that wakes steps. */
export interface Jobs {
  start(
    handle: (
      wake: Wake,
      claim: Claim,
      signal: AbortSignal,
      fence: Fence,
      /** As this process has just committed it; absent: it has to be loaded. */
      row?: Remediation,
    ) => Promise<'ended' | undefined>,
  ): Promise<void>;
  /** Stops taking work and waits up to `seconds` for what is running. */
  stop(seconds: number): Promise<void>;
}

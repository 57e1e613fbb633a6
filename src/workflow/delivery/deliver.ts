import { clusterInKey } from '../../domain/action.ts';
import type { Grouped } from '../../domain/incidents/grouped.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { isFinal, type Remediation, specOf } from '../../domain/remediation.ts';
import { neededApprovals } from '../../domain/spec.ts';
import { redact } from '../../domain/text/redact.ts';
import { forCluster } from '../../stages/intake/cluster-choice.ts';
import { comparisonText } from '../../stages/show/comparison.ts';
import { reportOf } from '../../stages/show/report.ts';
import { endOf } from '../../stages/show/story.ts';
import { planText } from '../../stages/verify/conclude.ts';
import { isOneOfSeveral } from '../clusters.ts';
import { approversFor, faultSentence, verificationPlan, type WorkflowContext } from '../context.ts';
import { clusterFor } from '../intake/triage-there.ts';
import { shownOf } from '../lifecycle/showing.ts';
import { unlessOther } from '../other-version.ts';
import type { Delivery, Outbox } from '../outbox-port.ts';
import type { Chat, Content, Delivered, NotSearched, Post } from '../ports.ts';
import { counterfactualOf } from './counterfactual.ts';
import { removeDoubles } from './doubles.ts';
import { headedBy, incidentOn } from './headed.ts';
import { commandsInstead } from './instead.ts';
import { openRequestsOn } from './open-requests.ts';

/** Messages sent side by side; one channel takes one at a time, so this bounds channels, not the rate of one. */
const concurrency = 8;

/** Seconds between looks into the outbox when nothing rings: it does where there is something to send. */
const pollSeconds = 60;

/** Seconds until an outbox that could not be read is read again. */
const retrySeconds = 2;

/** What delivering needs besides the workflow context. */
export interface Postbox {
  readonly outbox: Outbox;
  readonly chat: Chat;
}

/**
 * Sends what the outbox holds until `signal` aborts. Faults are logged and tried again: the outbox row stays
 * until Slack has answered for it.
 */
export async function deliverAll(
  context: WorkflowContext,
  postbox: Postbox,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const due = await postbox.outbox.lease(concurrency);
      await Promise.all(due.map((delivery) => deliverOne(context, postbox, delivery, signal)));
      if (due.length > 0 || (await removeDoubles(context, postbox, signal)) > 0) continue;
      await postbox.outbox.wait(pollSeconds, signal);
    } catch (fault) {
      if (signal.aborted) return;
      context.log.warn({ fault: faultSentence(fault) }, 'The outbox could not be read; trying again');
      // Not `outbox.wait`: with the database away it fails at once too, and this would spin.
      await pause(retrySeconds, signal);
    }
  }
}

/** Resolves after so many seconds, or as soon as `signal` aborts. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(done, seconds * 1000);
  signal.addEventListener('abort', done);
  if (signal.aborted) resolve();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', done);
  });
}

/** A fault costs one message one attempt: the others are sent, and when its lease runs out it is tried again. */
async function deliverOne(
  context: WorkflowContext,
  postbox: Postbox,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deliver(context, postbox, delivery, signal);
  } catch (fault) {
    if (signal.aborted) return;
    const { key, attempts } = delivery;
    context.log.warn({ key, attempts, fault: faultSentence(fault) }, 'A message was not delivered yet');
  }
}

async function deliver(
  context: WorkflowContext,
  postbox: Postbox,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const content = await contentOf(context, delivery);
  if (content === undefined) {
    return postbox.outbox.settle(delivery, {
      kind: 'refused',
      reason: 'What it speaks of is not in the database.',
    });
  }
  const { key, channel } = delivery;
  const thread = delivery.threadTs === undefined ? {} : { threadTs: delivery.threadTs };
  const post = { key, channel, content, ...thread };
  const outcome = await send(context, postbox, delivery, post, signal);
  await context.probe('after-post');
  if (outcome.kind !== 'sent') report(context, post, outcome);
  await postbox.outbox.settle(delivery, outcome);
}

/** What passes by itself is a warning; what somebody has to see to says so, as loudly as a log can. */
function report(
  { log }: WorkflowContext,
  { key, channel }: Post,
  outcome: Exclude<Delivered, { kind: 'sent' }>,
) {
  const fields = { key, channel, outcome: outcome.kind, reason: outcome.reason };
  switch (outcome.kind) {
    case 'withheld':
      log.error(fields, `${cures[outcome.where]} Messages are kept and sent as soon as they are taken.`);
      return;
    case 'refused':
      log.error(fields, 'Slack will never take this message; what it says is in the database alone.');
      return;
    default:
      log.warn(fields, 'A message was not delivered yet');
  }
}

const cures = {
  channel: 'This channel takes no messages: invite the app to it, or name another one.',
  app: 'Slack takes no messages of this app: check SLACK_BOT_TOKEN, its scopes and that the app is installed.',
  message: 'Slack does not take this message, for a reason that Firebreak does not know.',
} as const;

async function send(
  context: WorkflowContext,
  { outbox, chat }: Postbox,
  delivery: Delivery,
  post: Post,
  signal: AbortSignal,
): Promise<Delivered> {
  if (delivery.ts !== undefined) return chat.update({ ...post, ts: delivery.ts }, signal);
  // Nobody reads what was written to people; once too few is better than twice.
  if (delivery.uncertain && delivery.notice.kind === 'direct')
    return { kind: 'refused', reason: 'It is not known whether the direct message arrived.' };
  if (delivery.uncertain) {
    const found = await search(chat, post, delivery, signal);
    if ('kind' in found) return found;
    const [ts, ...copies] = found;
    if (ts !== undefined) return withCopies(await chat.update({ ...post, ts }, signal), copies);
  }
  await outbox.markSending(delivery);
  await context.probe('before-post');
  return chat.post(post, signal);
}

/** An update of what was found that is not taken leaves it to be looked for once more. */
function withCopies(updated: Delivered, copies: readonly string[]): Delivered {
  if (updated.kind === 'gone') return { kind: 'unknown', reason: updated.reason };
  return updated.kind === 'sent' && copies.length > 0 ? { ...updated, copies } : updated;
}

/**
 * Looks for a message that may have been posted, the oldest copy first. Where the chat cannot be asked it is looked for again,
 * later and later, and its channel goes on meanwhile: to post it again would be worse, and so would be to keep all others.
 */
async function search(
  chat: Chat,
  post: Post,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<readonly string[] | NotSearched> {
  try {
    return await chat.find(post, delivery.createdAt, signal);
  } catch (fault) {
    return { kind: 'unknown', reason: faultSentence(fault) };
  }
}

/** Reads what a message shows at the moment of sending, so that it is never older than the row. */
async function contentOf(context: WorkflowContext, { notice }: Delivery): Promise<Content | undefined> {
  const { store } = context;
  switch (notice.kind) {
    case 'reply':
      return { kind: 'reply', notice };
    case 'part':
      return { kind: 'part', notice };
    case 'incident':
      return incidentContent(context, notice.incidentId);
    case 'storm': {
      const storm = await store.storm(notice.storm);
      return storm === undefined ? undefined : { kind: 'storm', storm };
    }
    case 'policy':
      return policyContent(context, notice.proposal);
    case 'end': {
      const story = await store.story(notice.incidentId);
      const end = story === undefined ? undefined : endOf(story);
      return end === undefined ? undefined : { kind: 'end', end };
    }
    case 'report': {
      const story = await store.story(notice.incidentId);
      return story === undefined ? undefined : { kind: 'report', ...reportOf(story) };
    }
    case 'card':
      return cardContent(context, notice.remediationId);
    case 'direct':
      return directContent(context, notice.remediationId);
  }
}

async function incidentContent(context: WorkflowContext, id: string): Promise<Content | undefined> {
  const incident = await context.store.incident(id);
  if (incident === undefined) return undefined;
  const headed = incident.grouped === undefined ? await headedBy(context, incident.id, undefined) : undefined;
  const cluster = isOneOfSeveral(context) ? clusterOf(context, incident) : undefined;
  return {
    kind: 'incident',
    incident: redactedIncident(incident),
    ...(headed === undefined ? {} : { headed }),
    ...(cluster === undefined ? {} : { cluster }),
  };
}

/** Where its owner was found, or else where its alert is looked for. */
const clusterOf = (context: WorkflowContext, incident: Incident): string | undefined =>
  incident.ownerKey === undefined ? clusterFor(context, incident) : clusterInKey(incident.ownerKey);

async function policyContent({ proposing }: WorkflowContext, number: number): Promise<Content | undefined> {
  const proposal = await proposing?.proposals.find(number);
  return proposal === undefined ? undefined : { kind: 'policy', proposal };
}

async function directContent(context: WorkflowContext, id: string): Promise<Content | undefined> {
  const remediation = await context.store.load(id);
  if (remediation === undefined) return undefined;
  const place = await context.notified?.cardOf(id);
  return {
    kind: 'direct',
    remediation,
    ...(isOneOfSeveral(context) ? { cluster: remediation.cluster } : {}),
    ...(place === undefined ? {} : { place }),
  };
}

/** Alerts are stored as they came; secrets in their labels and annotations stay in the database. */
function redactedIncident(incident: Incident): Incident {
  const { alert, title, grouped } = incident;
  if (grouped !== undefined) return { ...incident, grouped: redactedGroup(grouped) };
  if (alert === undefined) return { ...incident, title: redact(title) };
  const labels = redactedValues(alert.labels);
  const annotations = redactedValues(alert.annotations);
  return { ...incident, title: redact(title), alert: { ...alert, labels, annotations } };
}

const redactedGroup = (group: Grouped): Grouped => ({
  ...group,
  names: group.names.map(({ name, count }) => ({ name: redact(name), count })),
});

function redactedValues(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, redact(value)]));
}

/** On the card of what was superseded, and on that of what takes its place. */
async function comparisonOf(
  { store }: WorkflowContext,
  row: Remediation,
  successor: Remediation | undefined,
): Promise<string> {
  const isOver = row.state === 'superseded';
  const old = isOver || row.replaces === undefined ? row : await unlessOther(store.load(row.replaces));
  if (old?.state !== 'superseded') return '';
  const next = isOver ? successor : row;
  const spec = (next === undefined ? undefined : specOf(next)) ?? old.spec;
  return comparisonText(old.differences ?? [], spec, neededApprovals(old.spec) > 0 ? 'Approved' : 'Judged');
}

/** Only an emergency leaves one. */
async function aftermathOf({ store }: WorkflowContext, remediation: Remediation) {
  const isUrgent = 'emergency' in remediation && remediation.emergency !== undefined;
  return isUrgent ? store.aftermath(remediation.id) : undefined;
}

/** What took the place of what was superseded, and what its card says of that. */
async function successorOf({ store, notified }: WorkflowContext, replaced: Remediation) {
  const row = replaced.state === 'superseded' ? await unlessOther(store.load(replaced.by)) : undefined;
  if (row === undefined) return undefined;
  const at = await notified?.cardOf(row.id);
  return { row, named: { supersededBy: row.number, ...(at === undefined ? {} : { successorAt: at }) } };
}

async function cardContent(context: WorkflowContext, id: string): Promise<Content | undefined> {
  const remediation = await context.store.load(id);
  if (remediation === undefined) return undefined;
  // Asked side by side, which is one wait.
  const [approvals, successor, incident, stopped, silence, left, openRequests] = await Promise.all([
    context.store.approvals(id),
    successorOf(context, remediation),
    incidentOn(context, remediation),
    isFinal(remediation.state) ? undefined : context.store.stopped(),
    context.silences?.shown(remediation),
    aftermathOf(context, remediation),
    openRequestsOn(context, remediation),
  ]);
  const counterfactual = counterfactualOf(context, remediation);
  const home = isOneOfSeveral(context) ? remediation.cluster : undefined;
  const commands = commandsInstead(remediation).map((each) => forCluster(each, home));
  const shown = shownOf(remediation);
  const comparison = await comparisonOf(context, remediation, successor?.row);
  return {
    kind: 'card',
    remediation,
    approvals,
    approvers: approversFor(context.policy(), remediation),
    ...(home === undefined ? {} : { cluster: home }),
    verification: planText(verificationPlan(context, remediation), remediation.action),
    ...(counterfactual === undefined ? {} : { counterfactual }),
    ...(shown === undefined ? {} : { shown }),
    ...(comparison === '' ? {} : { comparison }),
    ...successor?.named,
    ...(commands.length === 0 ? {} : { commands }),
    ...incident,
    ...(stopped === undefined ? {} : { stopped }),
    ...(openRequests === '' ? {} : { openRequests }),
    ...(left === undefined ? {} : { aftermath: left.aftermath }),
    ...(silence === undefined ? {} : { silence }),
  };
}

import type { Incident } from '../../domain/incidents/incident.ts';
import { redact } from '../../domain/text/redact.ts';
import { planText } from '../../stages/verify/conclude.ts';
import { approversFor, faultSentence, type Setting, verificationPlan } from '../context.ts';
import type { Chat, Content, Delivered, Delivery, Outbox, Post } from '../ports.ts';
import { outlookOf } from './counterfactual.ts';

/** Messages sent side by side; each channel has one lane, so this bounds channels, not the rate of one. */
const lanes = 8;

/** Seconds between looks into the outbox when nothing rings. */
const pollSeconds = 2;

/** What delivering needs besides the setting. */
export interface Postbox {
  readonly outbox: Outbox;
  readonly chat: Chat;
}

/**
 * Sends what the outbox holds until `signal` aborts. Faults are logged and tried again: the outbox row stays
 * until Slack has answered for it.
 */
export async function deliverAll(setting: Setting, postbox: Postbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const due = await postbox.outbox.lease(lanes);
      await Promise.all(due.map((delivery) => deliverOne(setting, postbox, delivery, signal)));
      if (due.length === 0) await postbox.outbox.wait(pollSeconds, signal);
    } catch (fault) {
      if (signal.aborted) return;
      setting.log.warn({ fault: faultSentence(fault) }, 'The outbox could not be read; trying again');
      // Not `outbox.wait`: with the database away it fails at once too, and this would spin.
      await pause(pollSeconds, signal);
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
  setting: Setting,
  postbox: Postbox,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deliver(setting, postbox, delivery, signal);
  } catch (fault) {
    if (signal.aborted) return;
    const { key, attempts } = delivery;
    setting.log.warn({ key, attempts, fault: faultSentence(fault) }, 'A message was not delivered yet');
  }
}

async function deliver(
  setting: Setting,
  postbox: Postbox,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const content = await contentOf(setting, delivery);
  if (content === undefined) {
    return postbox.outbox.settle(delivery, {
      kind: 'refused',
      reason: 'What it speaks of is not in the database.',
    });
  }
  const { key, channel } = delivery;
  const thread = delivery.threadTs === undefined ? {} : { threadTs: delivery.threadTs };
  const outcome = await send(setting, postbox, delivery, { key, channel, content, ...thread }, signal);
  await setting.probe('after-post');
  if (outcome.kind !== 'sent') {
    setting.log.warn(
      { key, outcome: outcome.kind, reason: outcome.reason },
      'A message was not delivered yet',
    );
  }
  await postbox.outbox.settle(delivery, outcome);
}

async function send(
  setting: Setting,
  { outbox, chat }: Postbox,
  delivery: Delivery,
  post: Post,
  signal: AbortSignal,
): Promise<Delivered> {
  if (delivery.ts !== undefined) return chat.update({ ...post, ts: delivery.ts }, signal);
  if (delivery.uncertain) {
    const found = await look(chat, post, delivery, signal);
    if (found.kind === 'later') return found;
    if (found.ts !== undefined) return chat.update({ ...post, ts: found.ts }, signal);
  }
  await outbox.markSending(delivery);
  await setting.probe('before-post');
  return chat.post(post, signal);
}

type Look = { readonly kind: 'looked'; readonly ts?: string } | Extract<Delivered, { kind: 'later' }>;

/** Seconds until a message is looked for again when the chat could not be asked. */
const lookAgain = 5;

/** Looks for a message that may have been posted; not being able to look is no reason to post it again. */
async function look(chat: Chat, post: Post, delivery: Delivery, signal: AbortSignal): Promise<Look> {
  try {
    const ts = await chat.find(post, delivery.createdAt, signal);
    return ts === undefined ? { kind: 'looked' } : { kind: 'looked', ts };
  } catch (fault) {
    return { kind: 'later', afterSeconds: lookAgain, reason: faultSentence(fault) };
  }
}

/** Reads what a message shows at the moment of sending, so that it is never older than the row. */
async function contentOf(setting: Setting, { notice }: Delivery): Promise<Content | undefined> {
  const { store } = setting;
  switch (notice.kind) {
    case 'reply':
      return { kind: 'reply', notice };
    case 'incident': {
      const incident = await store.incident(notice.incidentId);
      return incident === undefined ? undefined : { kind: 'incident', incident: redactedIncident(incident) };
    }
    case 'card':
      return cardContent(setting, notice.remediationId);
  }
}

/** Alerts are stored as they came; secrets in their labels and annotations stay in the database. */
function redactedIncident(incident: Incident): Incident {
  const { alert, title } = incident;
  if (alert === undefined) return { ...incident, title: redact(title) };
  const labels = redactedValues(alert.labels);
  const annotations = redactedValues(alert.annotations);
  return { ...incident, title: redact(title), alert: { ...alert, labels, annotations } };
}

function redactedValues(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, redact(value)]));
}

async function cardContent(setting: Setting, id: string): Promise<Content | undefined> {
  const remediation = await setting.store.load(id);
  if (remediation === undefined) return undefined;
  const approvals = await setting.store.approvals(id);
  const successor = remediation.state === 'superseded' ? await setting.store.load(remediation.by) : undefined;
  const outlook = outlookOf(setting, remediation);
  return {
    kind: 'card',
    remediation,
    approvals,
    approvers: approversFor(setting.policy(), remediation),
    verification: planText(verificationPlan(setting, remediation), remediation.action),
    ...(outlook === undefined ? {} : { outlook }),
    ...(successor === undefined ? {} : { supersededBy: successor.number }),
  };
}

import { z } from 'zod';
import { approvers } from '../policy/people.ts';
import { passage } from '../showing.ts';
import { chart } from './chart.ts';

/**
 * What people are told, as data; the chat adapter gives it its form when it is sent.
 * All text in it is untrusted and already redacted. `preformatted` is stderr, log tails, events.
 */
export const notice = z.discriminatedUnion('kind', [
  /** The one card of a remediation: posted once, then updated in place at every state. */
  z.strictObject({ kind: z.literal('card'), remediationId: z.uuid() }),
  /** A firing alert for which no playbook offers an action. */
  z.strictObject({ kind: z.literal('incident'), incidentId: z.uuid() }),
  /** The one message of a storm. */
  z.strictObject({ kind: z.literal('storm'), storm: z.number().int() }),
  /** A change of the policy that trust speaks for. */
  z.strictObject({ kind: z.literal('policy'), proposal: z.number().int() }),
  /** The end of what one person asked for or decided on, to them alone. */
  z.strictObject({ kind: z.literal('direct'), remediationId: z.uuid() }),
  /** The end of an incident, in its thread. */
  z.strictObject({ kind: z.literal('end'), incidentId: z.uuid() }),
  /** The report of an incident as a file, in its thread. */
  z.strictObject({ kind: z.literal('report'), incidentId: z.uuid() }),
  /** A reply in the thread of a card or of an incident message. `broadcast` also shows it in the channel. */
  z.strictObject({
    kind: z.literal('reply'),
    headline: z.string(),
    /** User id of the person it is about; the renderer puts a mention after the headline. */
    by: z.string().optional(),
    /** Users and groups that are wanted; the renderer mentions them after the headline. */
    to: approvers.optional(),
    body: z.string().optional(),
    preformatted: z.string().optional(),
    /** Commands that can be asked for with a button, each by whoever clicks. Absent in older rows. */
    offers: z.array(z.strictObject({ label: z.string(), command: z.string() })).optional(),
    /** What is said in words in the body, too. */
    charts: z.array(chart).min(1).max(2).optional(),
    broadcast: z.boolean(),
  }),
  /**
   * One of several messages in the thread of a card with what the card has no room for, before anybody may approve.
   * `version`: of the row when they were promised.
   */
  z.strictObject({
    kind: z.literal('part'),
    remediationId: z.uuid(),
    number: z.number().int(),
    version: z.number().int(),
    part: z.number().int().min(1),
    of: z.number().int().min(1),
    passages: z.array(passage).min(1),
  }),
]);
export type Notice = z.infer<typeof notice>;

/** The key of a remediation's card in the outbox. */
export const cardKey = (remediationId: string): string => `card:${remediationId}`;

/** The key of an incident's own message in the outbox. */
export const incidentKey = (incidentId: string): string => `incident:${incidentId}`;

/** The key of one part of what a card has no room for. */
export const partKey = (notice: Extract<Notice, { kind: 'part' }>): string =>
  `part:${notice.remediationId}:${notice.version}:${notice.part}`;

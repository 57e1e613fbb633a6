import { z } from 'zod';
import { instant } from './facts/facts.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** What clocks and calendars show in one time zone at the moment of judging. */
export const localTime = z.strictObject({
  /** IANA name, as the policy writes it. */
  zone: z.string(),
  /** `2026-03-01`. */
  date: z.string(),
  weekday: z.enum(weekdays),
  /** `00:00` to `23:59`. */
  time: z.string(),
});
export type LocalTime = z.infer<typeof localTime>;

const count = z.number().int().min(0);

/** What our own records could not tell, and why. It counts as the worst, never as nothing. */
const notKnown = z.strictObject({ unknown: z.string() });

/** Of the last hour: scores of what was started, added up, and how much of it ran without anybody's approval. */
const usage = z.strictObject({
  score: count,
  /** How many remediations are running now. */
  running: count,
  /** Absent in older rows. */
  automatic: count.optional(),
  /** Of the last ones that nobody was asked about and that have ended, how many failed one after the other; absent where none did. */
  failedInARow: count.optional(),
});
export type Usage = z.infer<typeof usage>;

const placeUsage = z.strictObject({
  cluster: usage,
  namespace: usage.optional(),
  /** Where more incidents come than the policy takes for several causes: since when, and how many. */
  storm: z
    .strictObject({
      since: instant,
      incidents: count,
      /** Where it began, too, because so many workloads were unhealthy or had an open incident. */
      share: z.strictObject({ unhealthy: count, workloads: count }).optional(),
      /** The cluster of which that is the share, where it is another than the one that is asked for. */
      cluster: z.string().optional(),
    })
    .optional(),
});
export type PlaceUsage = z.infer<typeof placeUsage>;

/** A remediation that was begun on an object, or on another of the same owner. */
const pastAction = z.strictObject({
  remediation: z.uuid(),
  number: z.number().int().positive(),
  /** As a newer version may know more of them. */
  verb: z.string(),
  at: instant,
  /** When its last write was answered; absent while that is not known. */
  until: instant.optional(),
  /** What it came to; absent while that is not known, where all of them helped, and in older rows. */
  outcome: z.enum(['verified', 'not verified', 'inconclusive', 'failed']).optional(),
  /** Whether it wrote this very object. */
  here: z.boolean(),
});
export type PastAction = z.infer<typeof pastAction>;

const objectHistory = z.strictObject({
  /** Of the last day, oldest first; of many the newest. */
  actions: z.array(pastAction),
  /** How many there were in the last day. */
  count,
  /** The fewest replicas, and the least that they might become, of the last hour; absent where none were seen. */
  replicas: count.optional(),
  mostReplicas: count.optional(),
});
export type ObjectHistory = z.infer<typeof objectHistory>;

/** What Firebreak itself has done, by our own records: nobody in the cluster can write it. By `targetKey`. */
const history = z.strictObject({ at: instant, objects: z.record(z.string(), objectHistory) });
export type History = z.infer<typeof history>;

/**
 * What an earlier remediation came to for a revision of a target: the one that it brought, if it did not work, or the one
 * that it went back from. By what keeps the template, where that is known, else by its number at the time.
 */
const revisionRecord = z.strictObject({
  remediation: z.number().int().positive(),
  /** `cluster/namespace/Kind/name`. */
  target: z.string(),
  revision: z.number().int().positive().optional(),
  source: z.string().optional(),
  /** `not known`: another version has written it, and it may be about any revision. */
  became: z.enum(['not verified', 'undone', 'not known']),
  at: instant,
});
export type RevisionRecord = z.infer<typeof revisionRecord>;

/** What an evaluation depends on besides the action, the facts and the policy. Stored with the verdict. */
export const circumstances = z.strictObject({
  /** One for each time zone that the policy mentions. */
  local: z.array(localTime),
  /** Absent where nobody asked, as in rows of older releases. The namespace's is absent for objects of the whole cluster. */
  usage: z.union([placeUsage, notKnown]).optional(),
  /** Absent where nobody asked, as in rows of older releases. */
  history: z.union([history, notKnown]).optional(),
  /** What the playbook that asks has earned; absent when nobody's trust matters. */
  trust: z
    .strictObject({
      playbook: z.string(),
      samples: count,
      lowerBound: z.number().min(0).max(1),
      /** Where it has earned it; absent in older rows. */
      environment: z.string().optional(),
    })
    .optional(),
  /** The number of the remediation that this is the rollback of; absent for what somebody or an alert asked for. */
  takesBack: z.number().int().positive().optional(),
  /** Of one that replaces another: the one that people were asked about, and in which tier. Absent in older rows. */
  askedBefore: z
    .strictObject({ remediation: z.number().int().positive(), tier: z.enum(['human', 'dual']) })
    .optional(),
  /** The latest first; absent for what brings no revision back, and where nobody could be asked. */
  revisions: z.array(revisionRecord).optional(),
});
export type Circumstances = z.infer<typeof circumstances>;

/** Those in which our own records were asked, so that none can be left out by mistake. */
export type AskedCircumstances = Circumstances & Required<Pick<Circumstances, 'usage' | 'history'>>;

/** Nobody has asked for anything: a time that the policy needs is not known, and our own records have no say. */
export const nothingAsked: Circumstances = { local: [] };

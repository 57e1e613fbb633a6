import { z } from 'zod';
import { actor } from '../actor.ts';
import { instant } from '../facts/facts.ts';
import { sourceOwner } from '../facts/manifest-source.ts';
import { call } from '../plan.ts';
import { pullRequest } from './git-change.ts';

/**
 * Somebody wants a change in the cluster at once whose place is a repository: it is sent to the cluster as others are, and the
 * pull request follows. `pause`: whoever applies the repository leaves it alone for so long.
 */
export const emergency = z.strictObject({
  by: actor,
  /** Untrusted text. */
  reason: z.string().min(1),
  at: instant,
  pause: z.strictObject({ owner: sourceOwner, minutes: z.number().int().positive() }).optional(),
});
export type Emergency = z.infer<typeof emergency>;

/** `wanted`: nothing of it is there yet. `ended`: it is followed no more, with what became of it. */
const request = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('wanted') }),
  ...pullRequest.options,
  z.strictObject({
    step: z.literal('ended'),
    sentence: z.string(),
    url: z.string().optional(),
    /** The cluster has what was merged. */
    applied: z.literal(true).optional(),
  }),
]);

/** An end of a pause that was not taken: how often, why the last time, when it is tried again, and whether people know. */
const unended = z.strictObject({
  times: z.number().int().positive(),
  reason: z.string(),
  nextAt: instant,
  told: z.literal(true).optional(),
});

/** `begun`: it may be; `end` puts back what was there, if it is still as it was left. */
const pause = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('begun'),
    owner: sourceOwner,
    until: instant,
    end: call,
    /** Absent while it was not tried, and in older rows. */
    unended: unended.optional(),
  }),
  z.strictObject({ step: z.literal('ended'), owner: sourceOwner, sentence: z.string() }),
]);

/** What is still to be done after an emergency, and how far it has come. */
export const aftermath = z.strictObject({
  request,
  pause: pause.optional(),
  /** The change was seen in the cluster, though no call for it was answered. */
  found: z.literal(true).optional(),
});
export type Aftermath = z.infer<typeof aftermath>;
export type BegunPause = Extract<z.infer<typeof pause>, { step: 'begun' }>;

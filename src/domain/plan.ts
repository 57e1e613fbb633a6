import { z } from 'zod';
import { json } from './text/json.ts';

/** The object an API call goes to. `resource` is the plural of the URL path; `subresource` e.g. `scale`. */
const objectRef = z.strictObject({
  apiVersion: z.string(),
  resource: z.enum([
    'deployments',
    'statefulsets',
    'daemonsets',
    'pods',
    'nodes',
    'jobs',
    'cronjobs',
    'horizontalpodautoscalers',
    'applications',
    'kustomizations',
    'helmreleases',
  ]),
  namespace: z.string().optional(),
  name: z.string(),
  subresource: z.enum(['scale', 'eviction']).optional(),
});
export type ObjectRef = z.infer<typeof objectRef>;

/** RFC 6902 operations that a plan may use. `test` is the guard: when it fails, nothing of the patch is applied. */
const patchOperation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('test'), path: z.string(), value: json }),
  z.strictObject({ op: z.literal('add'), path: z.string(), value: json }),
  z.strictObject({ op: z.literal('replace'), path: z.string(), value: json }),
  z.strictObject({ op: z.literal('remove'), path: z.string() }),
]);
export type PatchOperation = z.infer<typeof patchOperation>;

/** An entry of a list, found by the values of `where`: whole or, for null, not at all. */
const listEntry = z.strictObject({
  path: z.string(),
  where: z.record(z.string(), z.string()),
  value: json,
});
export type ListEntry = z.infer<typeof listEntry>;

/** How a call whose guard failed, or whose answer was lost, is recognised as our own work already done. */
const recognise = z.discriminatedUnion('kind', [
  /** Done if the object has this uid and these values at these JSON pointers; null stands for absent. */
  z.strictObject({
    kind: z.literal('fields'),
    uid: z.string(),
    fields: z.array(z.strictObject({ path: z.string(), value: json })),
    /** And if these lists hold these entries. */
    entries: z.array(listEntry).optional(),
  }),
  /** Done if no object of this name has this uid any more, or it is being deleted. */
  z.strictObject({ kind: z.literal('gone'), uid: z.string() }),
  /** Done if there is an object of this name that was written under the plan's field manager (managedFields). */
  z.strictObject({ kind: z.literal('ours') }),
]);

/**
 * What cannot be tested in the request itself: a Scale object has no generation, and a merge patch no tests. The object is
 * looked at right before, and its resourceVersion goes along, so that nothing comes between. Absent in older rows.
 */
const unchanged = z.array(patchOperation).optional();

/** One guarded write. Sending it twice has the effect of sending it once. */
export const call = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('patch'),
    ref: objectRef,
    operations: z.array(patchOperation),
    recognise,
    sentence: z.string(),
    unchanged,
  }),
  /** A strategic merge patch, for the raw data of a ControllerRevision (kubectl rollback.go). */
  z.strictObject({
    kind: z.literal('strategicMerge'),
    ref: objectRef,
    uid: z.string(),
    body: json,
    recognise,
    sentence: z.string(),
    unchanged,
  }),
  z.strictObject({
    kind: z.literal('delete'),
    ref: objectRef,
    uid: z.string(),
    recognise,
    sentence: z.string(),
    /**
     * Of a pod that holds up its set: it is left alone if it is ready by now, and only deleted once the controller has seen
     * the change to its set, because its successor is made from what the controller knows.
     */
    unlessReady: z.strictObject({ after: objectRef }).optional(),
  }),
  /** Makes an object of the name in `ref`; a second one of that name is refused by the API server. */
  z.strictObject({ kind: z.literal('create'), ref: objectRef, body: json, recognise, sentence: z.string() }),
  /** Asks for a pod to be evicted: like a deletion, but PodDisruptionBudgets are asked (policy/v1 Eviction). */
  z.strictObject({
    kind: z.literal('evict'),
    ref: objectRef,
    uid: z.string(),
    recognise,
    sentence: z.string(),
  }),
]);
export type Call = z.infer<typeof call>;

/**
 * Whether the API server refuses it once it is done: the conditions of a patch name what was there before, and a name is
 * given once. What is on its way out it lets be deleted twice, and a template that is merged it merges again.
 */
export const isTakenOnce = (each: Call): boolean => each.kind === 'patch' || each.kind === 'create';

/** What execution will send, in order, and the name by which the API server's records show who did it. */
export const plan = z.strictObject({
  calls: z.array(call).min(1),
  fieldManager: z.string().max(128),
  /** For several objects: how many of the calls belong to each, in order. */
  parts: z.array(z.number().int().min(1)).optional(),
  /** So many of the calls come first and are for none of the objects. Absent where there are none, and in older rows. */
  before: z.number().int().min(1).optional(),
});
export type Plan = z.infer<typeof plan>;

/** The answer to one call. `alreadyDone`: the work was found done, by us before a crash or by a repeat. */
export const callResult = z.strictObject({
  sentence: z.string(),
  alreadyDone: z.boolean(),
  /** metadata.generation after the write; absent for deletions and for objects that have none. */
  generation: z.number().int().optional(),
  /** Warning headers of the API server. */
  warnings: z.array(z.string()),
});
export type CallResult = z.infer<typeof callResult>;

/**
 * One field that would be another afterwards, in words that may be shown. `object` where there are several of them;
 * `foreign`: the action does not write it, so whatever is at the API server's door does.
 */
const fieldChange = z.strictObject({
  object: z.string().optional(),
  field: z.string(),
  now: z.string(),
  next: z.string(),
  foreign: z.literal(true).optional(),
});
export type FieldChange = z.infer<typeof fieldChange>;

/** What a server-side dry run said. */
export const dryRunResult = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('accepted'),
    sentence: z.string(),
    warnings: z.array(z.string()),
    /** Absent in what was tried before they were kept. */
    changes: z.array(fieldChange).optional(),
    /** Sentences on what would be stored instead of what the action writes. Absent where it is as it writes it. */
    rewritten: z.array(z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('refused'), sentence: z.string() }),
  z.strictObject({ kind: z.literal('skipped'), sentence: z.string() }),
]);
export type DryRunResult = z.infer<typeof dryRunResult>;

/** A field of an object, or without a pointer the object: the same for whatever writes it. */
export const placeIn = ({ resource, namespace = '', name }: ObjectRef, pointer = ''): string =>
  `${resource} ${namespace} ${name}${pointer}`;

import { z } from 'zod';
import { json } from '../text/json.ts';

const names = z.array(z.string());

/** By name, what comes, what goes and what stays with another content. */
const namesChanged = z.strictObject({ added: names, removed: names, changed: names });
export type NamesChanged = z.infer<typeof namesChanged>;

/** Absent where nothing is. */
const texts = z.strictObject({ from: z.string().optional(), to: z.string().optional() });

const containerChange = z.strictObject({
  name: z.string(),
  init: z.boolean(),
  becomes: z.enum(['added', 'removed', 'changed']),
  image: texts.optional(),
  /** Variables; never a value. */
  env: namesChanged.optional(),
  /** By field, such as `limits.memory`: quantities as the API server prints them. */
  resources: z.array(texts.extend({ field: z.string() })).optional(),
  /** Other fields with another content, such as `readinessProbe`. */
  fields: names,
});
export type ContainerChange = z.infer<typeof containerChange>;

/**
 * What a template has that the live one has not, and the other way round. Images and quantities are told; of all else
 * only the name, for the content may be a secret.
 */
const templateChange = z.strictObject({
  containers: z.array(containerChange),
  volumes: namesChanged.optional(),
  labels: namesChanged.optional(),
  annotations: namesChanged.optional(),
  /** Other fields of the template with another content, such as `spec.serviceAccountName`. */
  fields: names,
  /** The annotation of `kubectl rollout restart` differs. */
  restart: z.boolean(),
});
export type TemplateChange = z.infer<typeof templateChange>;

/** An instant as Kubernetes prints it. */
const instant = z.string();

/**
 * One revision that an undo could go back to: a ReplicaSet or a ControllerRevision. `template` and `change` are only read
 * for the one that would be used. What is optional is absent in rows that were judged before it was read.
 */
export const revision = z.strictObject({
  revision: z.number().int().positive(),
  source: z.string(),
  template: json.optional(),
  change: templateChange.optional(),
  /** When its template was first used; it stays the same when it comes back under a new number. */
  createdAt: instant.optional(),
  /** Numbers that it had before it came back, where the API server keeps them. */
  earlier: z.array(z.number().int()).optional(),
  /** Of a ReplicaSet: pods that it is to have, and those that are ready. */
  pods: z.strictObject({ desired: z.number().int(), ready: z.number().int() }).optional(),
  /** The lowest number of those whose templates differ from this one in nothing but a restart. */
  alike: z.number().int().optional(),
  /** True for what runs now, but for a restart. */
  asLive: z.literal(true).optional(),
});
export type Revision = z.infer<typeof revision>;

/**
 * A revision of which something comes back with the template that an action writes: its very `content`, but for a restart;
 * `images` of all its containers; or only those of the named containers, whose images the action changes.
 */
export const returning = z.strictObject({
  revision: z.number().int().positive(),
  as: z.enum(['content', 'images', 'some images']),
  containers: names,
});
export type Returning = z.infer<typeof returning>;

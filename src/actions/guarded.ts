import { isJsonObject, type Json, type JsonObject } from '../domain/text/json.ts';

type Words = (rest: readonly string[]) => string;

/** `image of web`, `limits memory of web`: of what is kept by the name of a container. */
const byContainer =
  (word: string): Words =>
  ([container, ...part]) =>
    `${part.length === 0 ? word : part.join(' ')}${container === undefined ? '' : ` of ${container}`}`;

const only =
  (word: string): Words =>
  () =>
    word;

const named =
  (word: string): Words =>
  (rest) =>
    `${word} ${rest.join('.')}`;

const ofAutoscaler: Readonly<Record<string, string>> = {
  kind: 'kind of the autoscaler',
  name: 'autoscaler',
  uid: 'identity of the autoscaler',
  min: 'minimum of the autoscaler',
  max: 'maximum of the autoscaler',
  cpu: 'processor target of the autoscaler',
};

/**
 * The live fields that a decision may rely on, each with the words by which people know it; `rest` is the way to a part
 * of it, such as the name of a container.
 */
const guardedFields = {
  images: byContainer('image'),
  variables: byContainer('variables'),
  resources: byContainer('resources'),
  replicas: only('replicas'),
  paused: only('paused'),
  strategy: only('update strategy'),
  liveRevision: only('live revision'),
  autoscaler: ([part = 'name']) => ofAutoscaler[part] ?? 'autoscaler',
  fields: (rest) => rest.join('.'),
  labels: named('label'),
  annotations: named('annotation'),
  taints: only('taints'),
  unschedulable: only('cordoned'),
  suspended: only('suspended'),
  schedule: only('schedule'),
  timeZone: only('time zone'),
  generation: only('version of its spec'),
  ended: only('end of the Job'),
  pod: only('identity of the pod'),
  controller: only('controller of the pod'),
} as const satisfies Readonly<Record<string, Words>>;

type GuardedField = keyof typeof guardedFields;

/** What an approval binds to of the live object. */
export type Guarded = { readonly [F in GuardedField]?: Json | undefined };

const isGuarded = (field: string): field is GuardedField => Object.hasOwn(guardedFields, field);

/** The words for a part of what is guarded: `replicas`, `image of web`. */
export function guardedWords([field = '', ...rest]: readonly string[]): string {
  const words: Words = isGuarded(field) ? guardedFields[field] : only(spaced(field));
  return words(rest);
}

/** What is guarded with ranges as people write them: `2 to 10 (HorizontalPodAutoscaler/gw)`. */
export function withRangesInWords(guarded: JsonObject): JsonObject {
  const { replicas, ...rest } = guarded;
  if (!isJsonObject(replicas)) return guarded;
  return { ...rest, replicas: `${replicas['min']} to ${replicas['max']} (${replicas['by']})` };
}

/** `liveRevision` as words, for what was bound to by another version and is not known any more. */
const spaced = (field: string): string => field.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

import { z } from 'zod';
import type { Call } from '../../../domain/plan.ts';
import type { Json } from '../../../domain/text/json.ts';
import { isJsonObject, json } from '../../../domain/text/json.ts';
import { fieldNameOf, sameValue, shownAt, valueAt } from '../client/json-pointer.ts';
import { anyObject, list } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { insist } from '../client/read.ts';
import { describeResource, parentOf } from '../client/resource.ts';
import { testsBefore } from './unchanged.ts';
import { whoWrote } from './who-wrote.ts';

/** What the object of a call looks like now: our work done, or not and how it differs from what was planned on. */
export type Recognised =
  | { readonly kind: 'done'; readonly generation: number | undefined }
  | {
      readonly kind: 'undone';
      readonly sameObject: boolean;
      /** How it differs from what was planned on. */
      readonly difference: string;
      /** What of the values that were written is something else now; only of the same object. */
      readonly lost?: string;
      /** Who wrote what it is now, and whether that is what was there before; only beside `lost`. */
      readonly by?: string;
      readonly isBack?: boolean;
    };

/**
 * Looks at the object a call was meant for (its parent where the call goes to a subresource). Throws
 * `ClusterFault` when it can not be read.
 *
 * @param fieldManager the plan's, by which an object that the call makes is known
 */
export async function recognise(reader: Reader, call: Call, fieldManager?: string): Promise<Recognised> {
  const read = await reader.get(anyObject, parentOf(call.ref));
  const what = describeResource(parentOf(call.ref));
  if (read.kind === 'refusal' && read.status === 404) {
    if (call.recognise.kind === 'gone') return { kind: 'done', generation: undefined };
    return { kind: 'undone', sameObject: false, difference: missingSentence(call, what) };
  }
  const { value, raw } = insist(read);
  const { uid, generation, deletionTimestamp } = value.metadata;
  if (call.recognise.kind === 'ours') {
    if (wroteIt(raw, fieldManager)) return { kind: 'done', generation: generation || undefined };
    return {
      kind: 'undone',
      sameObject: false,
      difference: `${what} exists already, made by somebody else.`,
    };
  }
  const sameObject = uid === call.recognise.uid;
  const live = json.parse(raw);
  if (isDone(call.recognise, call, sameObject, Boolean(deletionTimestamp), live)) {
    return { kind: 'done', generation: generation || undefined };
  }
  if (!sameObject) {
    const difference = `${what} is another object now: it was deleted and created again since this was planned.`;
    return { kind: 'undone', sameObject, difference };
  }
  const lost = lostOf(call, what, live);
  const difference = differenceOf(call, what, live);
  return { kind: 'undone', sameObject, difference, ...(lost && { lost, ...lossOf(call, raw, live) }) };
}

function lostOf(call: Call, what: string, live: Json): string | undefined {
  const parts = lackingIn(call, live);
  return parts.length === 0
    ? undefined
    : `${what} is not as it was written: ${parts.slice(0, 3).join('; ')}.`;
}

/** Of the first value that is not as it was written: who wrote it since, and whether it is what the guard had seen before. */
function lossOf(call: Call, raw: unknown, live: Json): { by?: string; isBack: boolean } {
  const wrong = lostFields(call, live);
  const [first] = wrong;
  const by = first === undefined ? undefined : whoWrote(raw, first.path);
  const isBack = wrong.length > 0 && wrong.every((each) => each.isBack);
  return { isBack, ...(by === undefined ? {} : { by }) };
}

/** One that was to be made and was there a moment ago may have been ours, and its work done: it is not made again. */
function missingSentence(call: Call, what: string): string {
  return call.kind === 'create'
    ? `${what} was there and is gone: whether it was this one is not known.`
    : `There is no ${what} any more.`;
}

/** What of the fields and entries that a call writes is not so in an object, in words without secrets. */
export function lackingIn(call: Call, live: Json): string[] {
  if (call.recognise.kind !== 'fields') return [];
  const { fields, entries = [] } = call.recognise;
  const wrong = fields
    .map(({ path, value }) => ({ path, value, now: valueAt(live, path) }))
    .filter(({ value, now }) => !asPlanned(call, value, now))
    .map(({ path, value, now }) => `${fieldNameOf(live, path)} ${insteadOf(path, value, now)}`);
  const missing = entries
    .map((entry) => ({ ...entry, now: entryAt(live, entry.path, entry.where) }))
    .filter(({ value, now }) => !sameValue(now, value))
    .map(
      ({ path, where, value, now }) => `${fieldNameOf(live, path)} ${differs(value, now)} ${namedBy(where)}`,
    );
  return [...wrong, ...missing];
}

/** The values that a call writes and that are others in an object now, each with whether it is what was there before. */
export function lostFields(call: Call, live: Json): readonly LostField[] {
  if (call.recognise.kind !== 'fields') return [];
  return call.recognise.fields
    .filter(({ path, value }) => !asPlanned(call, value, valueAt(live, path)))
    .map(({ path, value }) => ({
      ...{ path, value },
      isBack: asPlanned(call, valueBefore(call, path), valueAt(live, path)),
    }));
}

interface LostField {
  readonly path: string;
  readonly value: Json;
  readonly isBack: boolean;
}

/** The entries of lists that a call writes and that are not so, in words: what was verified, and what is there now. */
export function lostEntries(call: Call, live: Json) {
  if (call.recognise.kind !== 'fields') return [];
  return (call.recognise.entries ?? [])
    .map((entry) => ({ ...entry, now: entryAt(live, entry.path, entry.where) }))
    .filter(({ value, now }) => !sameValue(now, value))
    .map(({ path, where, value, now }) => ({
      path,
      field: `${fieldNameOf(live, path)} ${namedBy(where)}`,
      verified: value === null ? 'absent' : 'there',
      now: now === undefined ? 'absent' : value === null ? 'there' : 'another',
    }));
}

/** What the guard of a call saw at a place before it was written. */
function valueBefore(call: Call, path: string): Json {
  const tests = call.kind === 'patch' ? [...call.operations, ...(call.unchanged ?? [])] : [];
  const before = tests.find((operation) => operation.op === 'test' && operation.path === path);
  return before !== undefined && 'value' in before ? before.value : null;
}

/** Says both only where both may be said. */
function insteadOf(path: string, wanted: Json, now: Json | undefined): string {
  const [is, was] = [shownAt(path, now), shownAt(path, wanted)];
  return was === unsaid ? `${is === unsaid ? 'has' : 'is'} ${is}` : `is ${is} instead of ${was}`;
}

const unsaid = 'another value';

function differs(wanted: Json, now: Json | undefined): string {
  if (wanted === null) return 'has';
  return now === undefined ? 'lacks' : 'has another';
}

const namedBy = (where: Readonly<Record<string, string>>) => Object.values(where).join(':');

function isDone(
  how: Exclude<Call['recognise'], { kind: 'ours' }>,
  call: Call,
  sameObject: boolean,
  deleting: boolean,
  live: Json,
): boolean {
  if (how.kind === 'gone') return !sameObject || deleting;
  return (
    sameObject &&
    how.fields.every(({ path, value }) => asPlanned(call, value, valueAt(live, path))) &&
    (how.entries ?? []).every(({ path, where, value }) => sameValue(entryAt(live, path, where), value))
  );
}

/** The entry of a list that has these values, such as a taint by key and effect. */
function entryAt(live: Json, path: string, where: Readonly<Record<string, string>>): Json | undefined {
  const found = valueAt(live, path);
  const entries = Array.isArray(found) ? found : [];
  return entries.find(
    (entry) => isJsonObject(entry) && Object.entries(where).every(([key, value]) => entry[key] === value),
  );
}

const managed = z.object({
  metadata: z.object({ managedFields: list(z.object({ manager: z.string().default('') })) }),
});

/** Whether somebody wrote the object under this name; with the remediation's id in it, it can only have been us. */
function wroteIt(raw: unknown, fieldManager: string | undefined): boolean {
  const { data } = managed.safeParse(raw);
  return data?.metadata.managedFields.some(({ manager }) => manager === fieldManager) ?? false;
}

function differenceOf(call: Call, what: string, live: Json): string {
  const own = call.kind === 'patch' ? call.operations.filter((operation) => operation.op === 'test') : [];
  const tests = [...own, ...testsBefore(call)];
  const differing = tests
    .map(({ path, value }) => ({ path, value, now: valueAt(live, path) }))
    .filter(({ value, now }) => !asPlanned(call, value, now));
  if (differing.length === 0) return `${what} was being changed by somebody else in the same moment.`;
  // That the generation has moved says less than what has.
  const telling = differing.filter(({ path }) => path !== '/metadata/generation');
  const parts = (telling.length > 0 ? telling : differing)
    .slice(0, 3)
    .map(({ path, value, now }) => `${fieldNameOf(live, path)} ${sincePlanned(path, value, now)}`);
  return `${what} has changed since this was planned: ${parts.join('; ')}.`;
}

function sincePlanned(path: string, planned: Json, now: Json | undefined): string {
  const [is, was] = [shownAt(path, now), shownAt(path, planned)];
  return was === unsaid || is === unsaid
    ? `${is === unsaid ? 'has' : 'is'} ${is} now`
    : `is ${is} now, planned on ${was}`;
}

/** Equal, where a plan speaks of the Scale object, which leaves out zero replicas; the object it scales does not. */
function asPlanned({ ref }: Call, planned: Json, live: Json | undefined): boolean {
  const noReplicas = ref.subresource === 'scale' && !planned && !live;
  return noReplicas || sameValue(live, planned);
}

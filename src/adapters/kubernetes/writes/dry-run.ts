import type { Call, DryRunResult, FieldChange, Plan } from '../../../domain/plan.ts';
import { isJsonObject, type Json, json } from '../../../domain/text/json.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Answer } from '../client/answer.ts';
import type { Api } from '../client/api.ts';
import { BadAnswer } from '../client/fault.ts';
import { fieldNameOf, sameValue, shownAt, valueAt } from '../client/json-pointer.ts';
import { anyObject } from '../client/objects.ts';
import { createReader } from '../client/read.ts';
import { describeResource, parentOf } from '../client/resource.ts';
import { changesBetween } from './changes.ts';
import { lackingIn, recognise } from './recognise.ts';
import { isAboutTheObject, sendDryRun } from './write.ts';

/**
 * Sends every call of a plan with dryRun=All. The server stores nothing between the calls, so a call that needs
 * an earlier one's effect cannot be tried in a dry run. Evictions are each asked for as if they were the only one: that
 * all are accepted does not mean that their budgets allow them all, which is worked out by the evaluation.
 */
export async function dryRun(api: Api, plan: Plan, signal: AbortSignal): Promise<DryRunResult> {
  const warnings = new Set<string>();
  const changes: FieldChange[] = [];
  const rewritten: string[] = [];
  const severalObjects = new Set(plan.calls.map(({ ref }) => describeResource(parentOf(ref)))).size > 1;
  for (const call of plan.calls) {
    const tried = await dryRunOne(api, call, plan.fieldManager, signal);
    if (typeof tried === 'string') return { kind: 'refused', sentence: tried };
    for (const warning of [...tried.warnings, ...tried.rewritten]) warnings.add(warning);
    rewritten.push(...tried.rewritten);
    const object = severalObjects && call.kind === 'patch' ? describeResource(parentOf(call.ref)) : undefined;
    for (const change of tried.changes) changes.push(object === undefined ? change : { object, ...change });
  }
  for (const warning of strangers(changes)) warnings.add(warning);
  const accepted = { sentence: acceptance(plan), warnings: [...warnings], changes };
  return { kind: 'accepted', ...accepted, ...(rewritten.length === 0 ? {} : { rewritten }) };
}

/** Fields that are named one by one when something else changes them. */
const namedStrangers = 5;

/** What would change although the action does not write it. */
function strangers(changes: readonly FieldChange[]): string[] {
  const names = changes.filter(({ foreign }) => foreign).map(({ field }) => field);
  if (names.length === 0) return [];
  const more = names.length - namedStrangers;
  const listed = `${names.slice(0, namedStrangers).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [`An admission webhook or a default would change what this does not write, marked (*): ${listed}.`];
}

/** What trying one call showed. */
interface Tried {
  readonly warnings: readonly string[];
  readonly changes: readonly FieldChange[];
  readonly rewritten: readonly string[];
}

const only = (...warnings: readonly string[]): Tried => ({ warnings, changes: [], rewritten: [] });

function acceptance({ calls }: Plan): string {
  const evictions = calls.filter(({ kind }) => kind === 'evict').length;
  if (evictions < 2) return 'The API server accepts it (server-side dry run).';
  return `The API server accepts it (server-side dry run). Each of the ${evictions} evictions was asked for alone.`;
}

/** What it showed, or the sentence of a refusal. What has to wait is not refused. */
async function dryRunOne(
  api: Api,
  call: Call,
  fieldManager: string,
  signal: AbortSignal,
): Promise<Tried | string> {
  const live = await liveOf(api, call, signal);
  const answer = await sendDryRun(api, call, fieldManager, signal).catch(deadWebhook);
  if (typeof answer === 'string') return answer;
  if (answer.kind === 'ok')
    return {
      warnings: answer.warnings,
      changes: changed(call, live, answer),
      rewritten: rewritten(call, answer),
    };
  if (answer.heldUpSeconds !== undefined) return only(`It would have to wait. ${answer.sentence}`);
  if (answer.status === 404 && call.kind === 'evict') return only();
  if (!isAboutTheObject(call, answer)) return answer.sentence;
  const found = await recognise(createReader(api, signal), call, fieldManager);
  return found.kind === 'done' ? only('It is already so: nothing would change.') : found.difference;
}

/** The object that a patch is for, to tell what would be different; what cannot be read is no fault of the dry run. */
async function liveOf(api: Api, call: Call, signal: AbortSignal): Promise<Json | undefined> {
  if (call.kind !== 'patch' && call.kind !== 'strategicMerge') return undefined;
  const read = await createReader(api, signal).get(anyObject, parentOf(call.ref));
  return read.kind === 'refusal' ? undefined : json.parse(read.value.raw);
}

function changed(call: Call, live: Json | undefined, answer: Extract<Answer, { kind: 'ok' }>): FieldChange[] {
  const what = describeResource(parentOf(call.ref));
  if (call.kind === 'create') return [{ field: what, now: 'absent', next: 'created' }];
  if (call.kind === 'delete') return [{ field: what, now: 'there', next: 'deleted' }];
  if (live === undefined) return [];
  const next = json.parse(answer.body);
  if (call.ref.subresource !== 'scale') return changesBetween(call, live, next);
  // A Scale object says nothing but how many: of the live object no more is compared.
  const replicas = (object: Json): Json => ({ spec: { replicas: valueAt(object, '/spec/replicas') ?? 0 } });
  return changesBetween(call, replicas(live), replicas(next));
}

/** An admission webhook that does not answer stops the real call as well: an early warning, not a passing fault. */
function deadWebhook(fault: unknown): string {
  const { cause, message } = fault instanceof ClusterFault ? fault : { cause: undefined, message: '' };
  if (cause instanceof BadAnswer && cause.status === 500 && message.includes('failed calling webhook'))
    return message;
  throw fault;
}

/** Admission may change what was asked; a person who approves must know. */
function rewritten(call: Call, answer: Extract<Answer, { kind: 'ok' }>): string[] {
  if (call.kind === 'create') return remade(valueAt(call.body, '/spec'), answer);
  return lackingIn(call, json.parse(answer.body)).map(
    (difference) => `The API server would store something else: ${difference}.`,
  );
}

const storesInstead = (field: string, path: string, value: Json | undefined, now: Json | undefined) =>
  `The API server would store ${shownAt(path, now)} at ${field} instead of ${shownAt(path, value)}.`;

/** Of an object that is made, what was asked for and would be something else; what is only filled in is no news. */
function remade(asked: Json | undefined, answer: Extract<Answer, { kind: 'ok' }>): string[] {
  const stored = json.parse(answer.body);
  return unlike(asked, valueAt(stored, '/spec'), '/spec', (path) => fieldNameOf(stored, path));
}

function unlike(
  asked: Json | undefined,
  stored: Json | undefined,
  path: string,
  nameOf: (path: string) => string,
): string[] {
  if (isJsonObject(asked) && isJsonObject(stored))
    return Object.entries(asked).flatMap(([key, value]) =>
      unlike(value, stored[key], `${path}/${key}`, nameOf),
    );
  if (!Array.isArray(asked) || !Array.isArray(stored))
    return sameValue(stored, asked ?? null) ? [] : [storesInstead(nameOf(path), path, asked, stored)];
  if (asked.length !== stored.length)
    return [
      `The API server would store ${stored.length} entries at ${nameOf(path)} instead of ${asked.length}.`,
    ];
  return asked.flatMap((value, index) => unlike(value, stored[index], `${path}/${index}`, nameOf));
}

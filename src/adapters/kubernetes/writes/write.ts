import type { Call, CallResult, ObjectRef, PatchOperation } from '../../../domain/plan.ts';
import type { Json, JsonObject } from '../../../domain/text/json.ts';
import { isJsonObject } from '../../../domain/text/json.ts';
import type { Applied, Fence } from '../../../workflow/applied.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Answer, Refusal } from '../client/answer.ts';
import type { Api, ApiRequest } from '../client/api.ts';
import { BadAnswer } from '../client/fault.ts';
import { heldBackBy } from '../client/fence.ts';
import { anyObject } from '../client/objects.ts';
import { createReader, insist } from '../client/read.ts';
import { describeResource, parentOf } from '../client/resource.ts';
import type { Recognised } from './recognise.ts';
import { recognise } from './recognise.ts';
import { seenUnchanged } from './unchanged.ts';
import { clearanceFor } from './unless-ready.ts';

/**
 * Sends one guarded call and settles what came of it.
 *
 * Nothing is ever sent twice blindly. When the guard fails or no clear answer comes (timeout, reset, 5xx), the
 * object is read: if it is as the call would leave it, the work is done, whoever's answer was lost; else a failed
 * guard is a refusal that says what differs, and a lost answer a `ClusterFault` after which the caller may call
 * again. What the fence holds back was not sent at all: it is `late`. An object that is made is guarded by its name. One that was made and has been removed since, before anybody
 * knew, is made again; the rule short-lived-job tells of Jobs that go so soon. An eviction that is not allowed now was not
 * done either: it is `blocked`, and may be asked for later.
 */
export async function apply(
  api: Api,
  call: Call,
  fieldManager: string,
  signal: AbortSignal,
  fence?: Fence,
): Promise<Applied> {
  try {
    return await applyFenced(api, call, fieldManager, signal, fence);
  } catch (fault) {
    const reason = heldBackBy(fault);
    if (reason !== undefined) return { kind: 'late', reason };
    throw fault;
  }
}

async function applyFenced(
  api: Api,
  call: Call,
  fieldManager: string,
  signal: AbortSignal,
  fence: Fence | undefined,
): Promise<Applied> {
  const clearance =
    call.kind === 'delete' && call.unlessReady !== undefined
      ? await clearanceFor(createReader(api, signal), call, call.unlessReady)
      : undefined;
  if (clearance?.kind === 'settled') return clearance.applied;
  const sent = { call, fieldManager };
  const answer = await sendUnchanged(api, sent, signal, { ...clearance, fence }).catch((fault: unknown) =>
    recogniseAfter(fault, api, sent, signal),
  );
  switch (answer.kind) {
    case 'ok':
      return applied(call, false, await generationAfter(api, call, answer.body, signal), answer.warnings);
    case 'done':
      return applied(call, true, answer.generation);
    case 'refusal':
      return settleRefusal(api, { call, fieldManager }, answer, signal);
  }
}

/** Looks at an object between which and the write something came each time: its status moves its version too. */
const looks = 5;

/** Sends a call once its object was seen to be as planned; that it is not is told as the API server would tell it. */
async function sendUnchanged(
  api: Api,
  { call, fieldManager }: Sent,
  signal: AbortSignal,
  how: How,
): Promise<Answer> {
  for (let look = 1; ; look += 1) {
    const seen = await seenUnchanged(createReader(api, signal), call);
    if (seen?.kind === 'changed') return changedBefore(call);
    const answer = await send(api, call, fieldManager, signal, { ...how, ...versionOf(seen) });
    if (seen === undefined || look === looks || answer.kind === 'ok') return answer;
    // Only what came between is worth another look.
    if (!isAboutTheObject(call, answer)) return answer;
  }
}

const versionOf = (seen: { readonly resourceVersion: string } | undefined) =>
  seen === undefined ? {} : { resourceVersion: seen.resourceVersion };

const changedBefore = ({ ref }: Call): Refusal => ({
  kind: 'refusal',
  status: 422,
  reason: 'Invalid',
  sentence: `${describeResource(parentOf(ref))} is no longer as it was when this was planned.`,
  guardFailed: true,
});

/** Sends one call as a dry run: everything but the storing happens, with the same rights and the same admission. */
export function sendDryRun(api: Api, call: Call, fieldManager: string, signal: AbortSignal): Promise<Answer> {
  return send(api, call, fieldManager, signal, { dryRun: 'All' });
}

async function send(
  api: Api,
  call: Call,
  fieldManager: string,
  signal: AbortSignal,
  how: How = {},
): Promise<Answer> {
  const request = { ...requestOf(call, fieldManager, how), signal, fence: how.fence };
  if (call.kind !== 'create') return api({ ...request, resource: call.ref });
  // An object that is made is posted to the list of its kind; its name is in the body.
  const { name: _, ...list } = call.ref;
  const answer = await api({ ...request, resource: list });
  // Any other conflict is about something else, such as the count of a quota, and passes.
  const passing = answer.kind === 'refusal' && answer.status === 409 && answer.reason !== 'AlreadyExists';
  if (passing) throw new ClusterFault(answer.sentence);
  return answer;
}

/** `resourceVersion`: of what is deleted or changed, which must be as it was seen. */
interface How {
  readonly dryRun?: 'All';
  readonly resourceVersion?: string;
  readonly fence?: Fence | undefined;
}

function requestOf(
  call: Call,
  fieldManager: string,
  { dryRun: wish, resourceVersion }: How,
): Omit<ApiRequest, 'resource' | 'signal'> {
  const dryRun = wish === undefined ? {} : { dryRun: wish };
  const query = { fieldManager, fieldValidation: 'Strict', ...dryRun };
  switch (call.kind) {
    case 'patch': {
      const body = [...atVersion(resourceVersion), ...call.operations];
      return { method: 'PATCH', query, body, contentType: 'application/json-patch+json' };
    }
    case 'strategicMerge': {
      const contentType = 'application/strategic-merge-patch+json';
      return { method: 'PATCH', query, body: boundTo(call.body, call.uid, resourceVersion), contentType };
    }
    case 'delete':
      return {
        method: 'DELETE',
        body: deleteOptions(
          { uid: call.uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
          dryRun,
        ),
      };
    case 'create':
      return { method: 'POST', query, body: call.body };
    case 'evict':
      return { method: 'POST', query: { ...dryRun }, body: eviction(call.ref, call.uid) };
  }
}

const atVersion = (resourceVersion: string | undefined): PatchOperation[] =>
  resourceVersion === undefined
    ? []
    : [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }];

/** The uid in a merge patch makes the server refuse it for another object of the same name, a version for a later one. */
function boundTo(body: Json, uid: string, resourceVersion: string | undefined): Json {
  if (!isJsonObject(body)) return body;
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  const version = resourceVersion === undefined ? {} : { resourceVersion };
  return { ...body, metadata: { ...metadata, uid, ...version } };
}

/** With a body the server reads no options from the query, so a dry run must be asked for in here. */
function deleteOptions(preconditions: JsonObject, { dryRun }: { dryRun?: 'All' }): Json {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    preconditions,
    ...(dryRun === undefined ? {} : { dryRun: [dryRun] }),
  };
}

/** A pod's grace period is its own; the uid keeps the eviction from the successor of the same name. */
function eviction({ name, namespace }: ObjectRef, uid: string): Json {
  return {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    deleteOptions: { preconditions: { uid } },
  };
}

interface Sent {
  readonly call: Call;
  readonly fieldManager: string;
}

async function recogniseAfter(
  fault: unknown,
  api: Api,
  { call, fieldManager }: Sent,
  signal: AbortSignal,
): Promise<Extract<Recognised, { kind: 'done' }>> {
  // 429 is said before anything is done, and what was late has not been sent.
  const untouched =
    heldBackBy(fault) !== undefined ||
    (fault instanceof ClusterFault && fault.cause instanceof BadAnswer && fault.cause.status === 429);
  if (!(fault instanceof ClusterFault) || untouched || signal.aborted) throw fault;
  const found = await recognise(createReader(api, signal), call, fieldManager).catch(() => undefined);
  if (found?.kind !== 'done') throw fault;
  return found;
}

async function settleRefusal(
  api: Api,
  { call, fieldManager }: Sent,
  refusal: Refusal,
  signal: AbortSignal,
): Promise<Applied> {
  const removes = call.kind === 'delete' || call.kind === 'evict';
  if (refusal.status === 404 && removes) return applied(call, true, undefined);
  if (refusal.heldUpSeconds !== undefined)
    return { kind: 'blocked', reason: refusal.sentence, afterSeconds: refusal.heldUpSeconds };
  if (!isAboutTheObject(call, refusal)) return { kind: 'refused', reason: refusal.sentence };
  const found = await recognise(createReader(api, signal), call, fieldManager);
  if (found.kind === 'done') return applied(call, true, found.generation);
  if (refusal.status === 409 && found.sameObject) throw new ClusterFault(refusal.sentence);
  return { kind: 'refused', reason: found.difference };
}

/** A failed guard, or a conflict: it says that the object is not as planned, so the object says the rest. */
export function isAboutTheObject(call: Call, refusal: Refusal): boolean {
  // A merge patch with another object's uid is answered as an attempt to change an immutable field.
  const otherUid = call.kind === 'strategicMerge' && refusal.status === 422;
  return refusal.guardFailed || refusal.status === 409 || otherUid;
}

function applied(
  call: Call,
  alreadyDone: boolean,
  generation: number | undefined,
  warnings: readonly string[] = [],
): Applied {
  const known = generation === undefined ? {} : { generation };
  const result: CallResult = { sentence: call.sentence, alreadyDone, ...known, warnings: [...warnings] };
  return { kind: 'applied', result };
}

/** A Scale object has no generation: the one to wait for is that of the object it scales. */
async function generationAfter(
  api: Api,
  call: Call,
  body: unknown,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (call.kind === 'delete' || call.kind === 'evict') return undefined;
  const object =
    call.ref.subresource === undefined
      ? anyObject.parse(body)
      : insist(await createReader(api, signal).get(anyObject, parentOf(call.ref))).value;
  return object.metadata.generation || undefined;
}

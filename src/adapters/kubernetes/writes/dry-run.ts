import type { Call, DryRunResult, Plan } from '../../../domain/plan.ts';
import { isJsonObject, type Json, json } from '../../../domain/text/json.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Answer } from '../client/answer.ts';
import type { Api } from '../client/api.ts';
import { BadAnswer } from '../client/fault.ts';
import { fieldNameOf, sameValue, shownAt, valueAt } from '../client/json-pointer.ts';
import { createReader } from '../client/read.ts';
import { lackingIn, recognise } from './recognise.ts';
import { isAboutTheObject, sendDryRun } from './write.ts';

/**
 * Sends every call of a plan with dryRun=All. The server stores nothing between the calls, so a call that needs
 * an earlier one's effect cannot be tried in a dry run. Evictions are each asked for as if they were the only one: that
 * all are accepted does not mean that their budgets allow them all, which is worked out by the evaluation.
 */
export async function dryRun(api: Api, plan: Plan, signal: AbortSignal): Promise<DryRunResult> {
  const warnings = new Set<string>();
  for (const call of plan.calls) {
    const outcome = await dryRunOne(api, call, plan.fieldManager, signal);
    if (typeof outcome === 'string') return { kind: 'refused', sentence: outcome };
    for (const warning of outcome) warnings.add(warning);
  }
  return { kind: 'accepted', sentence: acceptance(plan), warnings: [...warnings] };
}

function acceptance({ calls }: Plan): string {
  const evictions = calls.filter(({ kind }) => kind === 'evict').length;
  if (evictions < 2) return 'The API server accepts it (server-side dry run).';
  return `The API server accepts it (server-side dry run). Each of the ${evictions} evictions was asked for alone.`;
}

/** The warnings, or the sentence of a refusal. What has to wait is not refused. */
async function dryRunOne(
  api: Api,
  call: Call,
  fieldManager: string,
  signal: AbortSignal,
): Promise<readonly string[] | string> {
  const answer = await sendDryRun(api, call, fieldManager, signal).catch(deadWebhook);
  if (typeof answer === 'string') return answer;
  if (answer.kind === 'ok') return [...answer.warnings, ...rewritten(call, answer)];
  if (answer.heldUpSeconds !== undefined) return [`It would have to wait. ${answer.sentence}`];
  if (answer.status === 404 && call.kind === 'evict') return [];
  if (!isAboutTheObject(call, answer)) return answer.sentence;
  const found = await recognise(createReader(api, signal), call, fieldManager);
  return found.kind === 'done' ? ['It is already so: nothing would change.'] : found.difference;
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

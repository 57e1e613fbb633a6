import { type Action, targetKey } from '../../../domain/action.ts';
import type { Gathered } from '../../../workflow/ports.ts';
import { type AbsentKinds, skippingAbsent } from '../client/absent-kinds.ts';
import type { Api } from '../client/api.ts';
import { type RememberedReads, readKey, wholeKey } from '../client/remembered-reads.ts';
import { type GatherContext, gather } from './gather.ts';

/** Objects that are looked at side by side: each has some reads of its own, and the deadline is for each. */
const atOnce = 4;

/**
 * Looks at the target of each action. What several of them need (the lists of a namespace, the webhooks of the cluster)
 * is asked for once, so that twenty objects cost little more than one and all are judged on the same answers.
 */
export async function gatherAll(
  { absent, reads, ...gatherContext }: GatherContext & Memory,
  actions: readonly Action[],
  signal: AbortSignal,
): Promise<Gathered[]> {
  const api = skippingAbsent(readOnce(gatherContext.api), absent);
  const sharing = { ...gatherContext, api };
  const looks: Gathered[] = [];
  for (let start = 0; start < actions.length; start += atOnce) {
    const batch = actions.slice(start, start + atOnce);
    looks.push(...(await Promise.all(batch.map((action) => look(sharing, reads, action, signal)))));
  }
  return looks;
}

/** What is known of earlier looks. */
interface Memory {
  readonly absent: AbsentKinds;
  readonly reads: RememberedReads;
}

async function look(
  sharing: GatherContext,
  reads: RememberedReads,
  action: Action,
  signal: AbortSignal,
): Promise<Gathered> {
  const of = `${action.verb} ${targetKey(sharing.cluster, action.target)}`;
  const { api, keep } = reads.during(of, sharing.api, { signal, timeoutMs: sharing.budgetMs });
  const seen = await gather({ ...sharing, api }, action, signal);
  if (seen.kind === 'facts') keep();
  return seen;
}

/**
 * The same reads have the same answer, and of a list that is read whole its metadata is not asked for besides. One that failed
 * is asked for again by those who come later.
 */
export function readOnce(api: Api): Api {
  const answers = new Map<string, ReturnType<Api>>();
  return (request) => {
    if (request.method !== 'GET') return api(request);
    const key = readKey(request);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const whole = request.metadataOnly === true ? answers.get(wholeKey(request)) : undefined;
    // What is too large or too late as a whole may be there in time without all but its metadata.
    const answer = whole === undefined ? api(request) : whole.catch(() => api(request));
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

import { ClusterFault } from '../../../workflow/ports.ts';
import type { Api, ApiRequest } from './api.ts';
import { readKey } from './remembered-reads.ts';

/** Milliseconds from its beginning for which a read serves other looks, too: less than a cluster's own controllers lag behind. */
const sharedFor = 1000;

/** Milliseconds after its answer for which any other read serves who looks beside it: lists are large, and many looks go on at once. */
const heldFor = 100;

/**
 * Reads of the whole cluster (all pods, nodes, webhooks, definitions) are the largest of a look, and the same for all looks of a
 * moment: of forty proposals at once each would read all pods of the cluster. What is within a namespace, and objects by name, are
 * read by each look itself; one that failed is asked for again by those who come later. What is looked at for people's eyes alone
 * takes all that others have just read, too: it is of the same target as a rule, side by side with a look at it.
 *
 * @param age milliseconds since whatever moment; for tests
 * @returns what sends such reads once for all who ask through it
 */
export function createSharedReads(age = () => performance.now()): (api: Api, taking?: 'all') => Api {
  const known = new Map<string, { readonly began: number; readonly answer: ReturnType<Api> }>();
  const keep = (key: string, answer: ReturnType<Api>, holdFor: number): ReturnType<Api> => {
    const entry = { began: age(), answer };
    const forget = () => {
      if (known.get(key) === entry) known.delete(key);
    };
    known.set(key, entry);
    answer.then(() => void setTimeout(forget, holdFor).unref(), forget);
    return answer;
  };
  const begin = (api: Api, key: string, request: ApiRequest): ReturnType<Api> => {
    // Whoever asked first may leave, or have little time left: others wait for the answer, too, each for as long as it may.
    const { timeoutMs: _timeoutMs, ...asked } = request;
    return keep(key, api({ ...asked, signal: new AbortController().signal }), sharedFor);
  };
  const fresh = (key: string): ReturnType<Api> | undefined => {
    const before = known.get(key);
    return before !== undefined && age() - before.began < sharedFor ? before.answer : undefined;
  };
  return (api, taking) => (request) => {
    if (request.method !== 'GET') return api(request);
    const key = readKey(request);
    if (isOfAll(request)) return whileWanted(fresh(key) ?? begin(api, key, request), request);
    const before = taking === 'all' ? fresh(key) : undefined;
    if (before === undefined) return keep(key, api(request), heldFor);
    // Whose read it was may have left.
    return whileWanted(before, request).catch(() => api(request));
  };
}

const isOfAll = ({ resource }: ApiRequest): boolean =>
  resource.namespace === undefined && resource.name === undefined;

/** Who does not want to know any more, or has no time left, is not kept waiting. */
async function whileWanted<T>(answer: Promise<T>, { signal, timeoutMs, resource }: ApiRequest): Promise<T> {
  const gone = Promise.withResolvers<never>();
  const leave = () =>
    gone.reject(new ClusterFault('Stopped while waiting for the cluster.', { cause: signal.reason }));
  const seconds = (timeoutMs ?? 0) / 1000;
  const late = `The cluster did not answer "list ${resource.resource}" within ${seconds} s.`;
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => gone.reject(new ClusterFault(late)), timeoutMs);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([answer, gone.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

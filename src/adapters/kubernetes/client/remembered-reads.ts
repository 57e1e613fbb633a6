import type { Api, ApiRequest } from './api.ts';
import { pathOf } from './resource.ts';

/** A read without how long its answer is waited for. */
type Asked = Omit<ApiRequest, 'signal' | 'timeoutMs'>;

/** The same reads have the same key. */
export const readKey = ({ resource, query, metadataOnly, text, mayBeAbsent }: Asked): string =>
  JSON.stringify([pathOf(resource), query, metadataOnly, text, mayBeAbsent]);

/** That of the same list with all there is of each object. */
export const wholeKey = ({ metadataOnly: _metadataOnly, ...asked }: Asked): string => readKey(asked);

/** What each look asked for, by what it was for. */
export interface RememberedReads {
  /**
   * Begins a look with all that the last one for the same thing asked for, at once: what it learns one from the other (a
   * selector, an owner, a claim's volume) is then there when it comes to it, and is asked for as ever where it has changed.
   * Only requests are remembered, never answers.
   *
   * @param api under which the same read is sent once
   */
  during(of: string, api: Api, limits: Pick<ApiRequest, 'signal' | 'timeoutMs'>): Remembering;
}

interface Remembering {
  readonly api: Api;
  /** What it has asked for by now is what the next one begins with. */
  keep(): void;
}

/** @param most that are remembered, the latest of them */
export function createRememberedReads(most = 500): RememberedReads {
  const known = new Map<string, readonly Asked[]>();
  return {
    during: (of, api, limits) => {
      for (const asked of known.get(of) ?? []) api({ ...asked, ...limits }).catch(() => undefined);
      const reads = new Map<string, Asked>();
      return {
        api: (request) => {
          if (request.method === 'GET') reads.set(readKey(request), withoutLimits(request));
          return api(request);
        },
        keep: () => {
          known.delete(of);
          // Last, so that a list that is read whole is known by then.
          known.set(of, [...reads.values()].toSorted(metadataLast));
          const [oldest] = known.keys();
          if (known.size > most && oldest !== undefined) known.delete(oldest);
        },
      };
    },
  };
}

const withoutLimits = ({ signal: _signal, timeoutMs: _timeoutMs, ...asked }: ApiRequest): Asked => asked;

const metadataLast = (a: Asked, b: Asked): number =>
  Number(a.metadataOnly ?? false) - Number(b.metadataOnly ?? false);

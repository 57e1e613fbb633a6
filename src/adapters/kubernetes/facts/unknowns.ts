import type { FactName, UnknownFact } from '../../../domain/facts/unknown-fact.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Read } from '../client/read.ts';

/** Notes which facts could not be read, and why: a look that brings less is still a look. */
export interface Unknowns {
  readonly list: readonly UnknownFact[];
  /** Notes that a fact is not known. */
  add(fact: FactName, reason: string): void;
  /**
   * The value read, or undefined with a note. Throws only when the caller has given up.
   *
   * @param object what was asked for, where the fact's name does not say it
   */
  orUnknown<T>(fact: FactName, reading: Promise<Read<T>>, object?: string): Promise<T | undefined>;
}

/** For one look, until its caller gives it up by the signal. */
export function createUnknowns(signal: AbortSignal): Unknowns {
  const list: UnknownFact[] = [];
  const add = (fact: FactName, reason: string) => {
    list.push({ fact, reason });
  };
  return {
    list,
    add,
    async orUnknown(fact, reading, object) {
      const outcome = await readOrReason(reading, signal);
      if (outcome.kind === 'read') return outcome.value;
      add(fact, object === undefined ? outcome.reason : `${object}: ${outcome.reason}`);
      return undefined;
    },
  };
}

type Outcome<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unread'; readonly reason: string };

/** What was read, or why it could not be. Throws only when the caller has given up. */
export async function readOrReason<T>(reading: Promise<Read<T>>, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    const read = await reading;
    return read.kind === 'read' ? read : { kind: 'unread', reason: read.sentence };
  } catch (cause) {
    if (!(cause instanceof ClusterFault) || signal.aborted) throw cause;
    return { kind: 'unread', reason: withoutServer(cause.message) };
  }
}

/** What is not known stands on cards: where the API server listens is for the log, and the cluster is named. */
const withoutServer = (sentence: string): string => sentence.replaceAll(/ \(https?:\/\/[^\s()]+\)/g, '');

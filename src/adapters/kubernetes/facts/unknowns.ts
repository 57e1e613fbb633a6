import type { UnknownFact } from '../../../domain/facts/facts.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Read } from '../client/read.ts';

/** Notes which facts could not be read, and why: a look that brings less is still a look. */
export interface Gaps {
  readonly unknown: readonly UnknownFact[];
  /** The value read, or undefined with a note. Throws only when the caller has given up. */
  fill<T>(fact: string, reading: Promise<Read<T>>): Promise<T | undefined>;
}

export function createGaps(signal: AbortSignal): Gaps {
  const unknown: UnknownFact[] = [];
  return {
    unknown,
    async fill(fact, reading) {
      try {
        const read = await reading;
        if (read.kind === 'read') return read.value;
        unknown.push({ fact, reason: read.sentence });
      } catch (cause) {
        if (!(cause instanceof ClusterFault) || signal.aborted) throw cause;
        unknown.push({ fact, reason: cause.message });
      }
      return undefined;
    },
  };
}

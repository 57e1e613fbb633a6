import type { Remediation } from '../../../domain/remediation.ts';
import type { Wake } from '../../../workflow/ports.ts';
import type { Statement } from '../statement.ts';

/** A step that this process has taken with the commit that makes it due. */
export interface Adopted {
  /** Makes the job as one that is taken already; part of that commit. */
  readonly statement: Statement;
  /** Begins it, when that is committed. `row`: as it was committed. */
  begin(row: Remediation): Promise<void>;
  /** Begins it where that was committed although nobody heard of it; says whether it was. */
  beginIfCommitted(row: Remediation): Promise<boolean>;
}

type Adopt = (wake: Wake) => Adopted | undefined;

/**
 * Where who commits a step meets who runs steps: the process that commits one goes on with the next itself. Nothing has to
 * be notified, taken or read again for that, and to all others it is a job like any: its claim, its heartbeat, its fence and
 * what becomes of it when the process dies are the same.
 */
export interface GoingOn {
  /** Takes the step that this wake is for, or undefined: the queue is for when nobody can. */
  readonly adopt: Adopt;
  /** Who runs steps says how they are taken, until the answered function is called. */
  serve(adopt: Adopt): () => void;
}

export function createGoingOn(): GoingOn {
  let serving: Adopt = () => undefined;
  return {
    adopt: (wake) => serving(wake),
    serve: (adopt) => {
      serving = adopt;
      return () => {
        serving = () => undefined;
      };
    },
  };
}

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
type Expect = (seconds: number) => void;

/**
 * Where who commits a step meets who runs steps: the process that commits one goes on with the next itself. Nothing has to
 * be notified, taken or read again for that, and to all others it is a job like any: its claim, its heartbeat, its fence and
 * what becomes of it when the process dies are the same.
 */
export interface GoingOn {
  /** Takes the step that this wake is for, or undefined: the queue is for when nobody can. */
  readonly adopt: Adopt;
  /** Says that a step was committed that is due in so many seconds: it is looked for then, and not at the next beat. */
  readonly expect: Expect;
  /** Who runs steps says how they are taken, until the answered function is called. */
  serve(adopt: Adopt, expect?: Expect): () => void;
}

/** Until somebody serves, nothing is adopted and all is left to the queue. */
export function createGoingOn(): GoingOn {
  const nobody: { readonly adopt: Adopt; readonly expect: Expect } = {
    adopt: () => undefined,
    expect: () => {},
  };
  let serving = nobody;
  return {
    adopt: (wake) => serving.adopt(wake),
    expect: (seconds) => serving.expect(seconds),
    serve: (adopt, expect = nobody.expect) => {
      serving = { adopt, expect };
      return () => {
        serving = nobody;
      };
    },
  };
}

/**
 * A wake-up call for a version of a row. `deaths`: processes that died at it, in a row: none died without meanwhile. Given at
 * all, if only as 0, it says that the step may have been begun before: how often its own job was tried does not tell that then.
 */
export interface Wake {
  readonly kind: 'step' | 'expire' | 'triage' | 'look' | 'drift' | 'aftermath' | 'end';
  readonly id: string;
  readonly version: number;
  readonly deaths?: number | undefined;
}

/** The engine's claim on one job attempt, which fences its completion. Opaque to the workflow. */
export interface Claim {
  readonly queue: string;
  readonly jobId: string;
  readonly attempt: number;
}

/** `stale`: the row had moved on. `busy`: the target is held or the proviso is lost; the wake was put off. */
export type Committed = 'committed' | 'stale' | 'busy';

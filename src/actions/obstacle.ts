import { type Action, describeTarget, type Target } from '../domain/action.ts';
import type { Case } from '../domain/case.ts';

/** Why an action makes no sense on these facts. */
export interface Obstacle {
  /** The name under which cards and the audit show it, such as `restart-possible`. */
  readonly rule: string;
  readonly sentence: string;
  /** The object and the field that it was read from: `Deployment/web in shop: spec.paused`. */
  readonly source: string;
  /** What may have been meant instead. */
  readonly instead?: Action | undefined;
}

export const noObstacle: readonly Obstacle[] = [];

/** `Deployment/web`: how a sentence names the target. */
export function nameOf({ kind, name }: Target): string {
  return `${kind}/${name}`;
}

/** `Deployment/web in shop: spec.replicas`: the object and the field that something was read from. */
function sourceAt({ action }: Pick<Case, 'action'>, field: string): string {
  return `${describeTarget(action.target)}: ${field}`;
}

/** Obstacles of one rule, all read from one field of the target. */
export function obstacles(
  rule: string,
  judged: Pick<Case, 'action'>,
  field: string,
  ...sentences: readonly string[]
): readonly Obstacle[] {
  return sentences.map((sentence) => ({ rule, sentence, source: sourceAt(judged, field) }));
}

/** `1 pod`, `3 pods`. */
export function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

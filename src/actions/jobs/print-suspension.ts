import type { GroupTarget, Target } from '../../domain/action.ts';
import { objects, quote, words } from '../grammar/canonical.ts';

/** Suspending and resuming have no command in kubectl; the patch that does it is printed. */
export function printSuspension(target: Target | GroupTarget, suspend: boolean): string {
  return words('patch', objects(target), '-p', quote(JSON.stringify({ spec: { suspend } })));
}

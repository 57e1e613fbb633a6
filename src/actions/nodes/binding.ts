import type { Case } from '../../domain/case.ts';
import type { Guarded } from '../guarded.ts';
import { nodeOf } from '../subject.ts';

/** What a decision to close a node or to open it relied on. */
export function unschedulableOf(judged: Case): Guarded {
  const node = nodeOf(judged);
  return node === undefined ? {} : { unschedulable: node.unschedulable };
}

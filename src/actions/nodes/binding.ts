import type { Case } from '../../domain/case.ts';
import { nodeOf } from '../subject.ts';

/** What a decision to close a node or to open it relied on. */
export function unschedulableOf(judged: Case): object {
  const node = nodeOf(judged);
  return node === undefined ? {} : { unschedulable: node.unschedulable };
}

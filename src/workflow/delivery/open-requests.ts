import { membersOf, type Remediation } from '../../domain/remediation.ts';
import { openRequestsText } from '../../stages/show/open-requests.ts';
import type { WorkflowContext } from '../context.ts';

/**
 * What a card that waits for people says of requests of other remediations that change the same files for the same objects. After
 * an emergency such a request is open although the remediation is over, so the incident does not name it.
 */
export async function openRequestsOn({ store }: WorkflowContext, row: Remediation): Promise<string> {
  if (row.state !== 'waiting' || row.git?.kind !== 'request') return '';
  const { id, cluster, git } = row;
  const targets = membersOf(row).map(({ action }) => action.target);
  return openRequestsText(git, await store.openRequests({ id, cluster, targets, place: git.place }));
}

import { phrase } from '../../../actions/phrase.ts';
import type { Approval } from '../../../domain/approval.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import { stateWords } from '../../../domain/text/states.ts';

/** The top-level text: what a notification shows and a screen reader reads. Plain, unescaped, one sentence. */
export function notification(
  remediation: Remediation,
  approvals: readonly Approval[],
  isStopped: boolean,
  supersededBy?: number,
  cluster?: string,
): string {
  const { word, sentence } = stateWords(remediation, approvals, isStopped, supersededBy);
  return `${word}: ${phrase(remediation.action)}${inCluster(cluster)} (remediation ${remediation.number}). ${sentence}`;
}

/** Said beside what is done, where there are several clusters in which it could be. */
export const inCluster = (cluster: string | undefined): string =>
  cluster === undefined ? '' : `, cluster ${cluster}`;

import { phrase } from '../../../actions/phrase.ts';
import type { Approval } from '../../../domain/approval.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import { stateWords } from '../../../domain/text/states.ts';

/** The top-level text: what a notification shows and a screen reader reads. Plain, unescaped, one sentence. */
export function notification(
  remediation: Remediation,
  approvals: readonly Approval[],
  supersededBy?: number,
): string {
  const { word, sentence } = stateWords(remediation, approvals, supersededBy);
  return `${word}: ${phrase(remediation.action)} (remediation ${remediation.number}). ${sentence}`;
}

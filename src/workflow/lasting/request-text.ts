import { phrase } from '../../actions/phrase.ts';
import type { Approval } from '../../domain/approval.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { piecesOf } from '../../stages/show/pieces.ts';

type Open = RemediationIn<'pr_open'>;

/** The branch of a remediation: the number that people say, and enough of the id that no other database has it. */
export const branchOf = ({ number, id }: Pick<Open, 'number' | 'id'>): string =>
  `firebreak/remediation-${number}-${id.slice(0, 8)}`;

/** Title and body of the request, which say what the card says, and the trailers of its commit. */
export function requestTexts(row: Open, approvals: readonly Approval[]) {
  const { digest } = row;
  const by = approvals.filter((vote) => vote.decision === 'approve' && vote.digest === digest);
  const who = [...new Set(by.map(({ actor }) => actor.userId))];
  const pieces = piecesOf(row, row.dryRun).filter(({ name }) => name !== 'git');
  const parts = pieces.map(({ heading, text }) => `### ${heading}\n\n${fenced(redact(text))}`);
  const head = `Remediation ${row.number} of Firebreak for the cluster ${row.cluster}, approved by ${who.join(', ')}.`;
  return {
    title: redact(phrase(row.action)).replaceAll(/\s+/g, ' '),
    body: [head, ...parts].join('\n\n'),
    trailers: [
      ['Firebreak-Remediation', row.id],
      ['Firebreak-Digest', digest],
      ...who.map((userId) => ['Firebreak-Approved-By', userId] as const),
    ] as const,
  };
}

/** Untrusted text as it is: the fence is longer than any run of backticks in it (CommonMark, "Fenced code blocks"). */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

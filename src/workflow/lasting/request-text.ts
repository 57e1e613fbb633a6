import { phrase } from '../../actions/phrase.ts';
import type { Approval } from '../../domain/approval.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut } from '../../domain/text/text.ts';
import { piecesOf } from '../../stages/show/pieces.ts';

/** What is said in a request is what was judged and approved, whatever became of it. */
export type Requested = Pick<
  RemediationIn<'pr_open'>,
  | ('id' | 'number' | 'cluster' | 'action' | 'spec' | 'facts' | 'members' | 'git')
  | ('digest' | 'dryRun' | 'emergency')
>;

/** The branch of a remediation: the number that people say, and enough of the id that no other database has it. */
export const branchOf = ({ number, id }: Pick<Requested, 'number' | 'id'>): string =>
  `firebreak/remediation-${number}-${id.slice(0, 8)}`;

/** Title and body of the request, which say what the card says, and the trailers of its commit. */
export function requestTexts(row: Requested, approvals: readonly Approval[]) {
  const { digest } = row;
  const by = approvals.filter((vote) => vote.decision === 'approve' && vote.digest === digest);
  const who = [...new Set(by.map(({ actor }) => actor.userId))];
  const pieces = piecesOf(row, row.dryRun).filter(({ name }) => name !== 'git' && name !== 'emergency');
  const parts = pieces.map(({ heading, text }) => `### ${heading}\n\n${fenced(redact(text))}`);
  const head = `Remediation ${row.number} of Firebreak for the cluster ${row.cluster}, approved by ${who.join(', ')}.`;
  const done =
    row.emergency === undefined ? [] : [`The cluster has it already: ${redact(row.emergency.reason)}`];
  return {
    title: shortened(redact(phrase(row.action)).replaceAll(/\s+/g, ' ')),
    body: fitted([head, ...done].join('\n\n'), parts),
    trailers: [
      ['Firebreak-Remediation', row.id],
      ['Firebreak-Digest', digest],
      ...who.map((userId) => ['Firebreak-Approved-By', userId] as const),
    ] as const,
  };
}

/** Characters; GitHub refuses a request with a title of more than 256 or a body of more than 65536. */
const longestTitle = 200;
const longestBody = 60_000;

const shortened = (title: string): string =>
  title.length <= longestTitle ? title : `${cut(title, longestTitle)} …`;

/** As many of the parts as there is room for, whole; whatever is left out is said to be. */
export function fitted(head: string, parts: readonly string[]): string {
  const kept = parts.filter(
    (_, index) => [head, ...parts.slice(0, index + 1)].join('\n\n').length <= longestBody,
  );
  const left = parts.length - kept.length;
  const rest = left === 0 ? [] : [`There is no room here for ${left} more of what the card says.`];
  return [head, ...kept, ...rest].join('\n\n');
}

/** Untrusted text as it is: the fence is longer than any run of backticks in it (CommonMark, "Fenced code blocks"). */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

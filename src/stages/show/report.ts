import { printAction } from '../../actions/print.ts';
import { chartLines } from '../../domain/incidents/chart.ts';
import type { Chapter, Story } from '../../domain/incidents/story.ts';
import { redact } from '../../domain/text/redact.ts';
import { stateText } from '../../domain/text/states.ts';
import { cut } from '../../domain/text/text.ts';
import { mostTelling, weight } from '../../domain/text/weight.ts';
import { byAnother, momentsOf, storyHead } from './story.ts';

/** Characters of what pods and the API server said, of each remediation. */
const longestOutput = 20_000;

/**
 * An incident as a Markdown document: its timeline, what was seen of it, what was decided by whom, and each verdict. Texts of
 * alerts, people and pods are redacted, and are text and nothing else in it.
 */
export function incidentReport(story: Story): string {
  const { evidence, measured, chapters, others = [] } = story;
  const parts = [
    `# ${literal(storyHead(story))}`,
    '## Timeline',
    momentsOf(story)
      .map(
        ({ at, text, by }) =>
          `- ${at.slice(0, 19).replace('T', ' ')} UTC: ${literal(text)}${by === undefined ? '' : `, by ${literal(by)}`}`,
      )
      .join('\n'),
    ...(evidence === undefined
      ? []
      : [
          '## What was seen when it began',
          fenced(
            [
              ...evidence.pods,
              ...evidence.images,
              ...evidence.changes,
              evidence.story,
              ...evidence.missing.map((each) => `Not seen: ${each}`),
            ]
              .filter((each) => each !== '')
              .join('\n'),
          ),
        ]),
    ...(measured === undefined
      ? []
      : [
          '## What was measured of the hour before',
          [
            ...measured.charts.flatMap((each) => chartLines(each, measured.at)),
            ...measured.missing.map((each) => `Not seen: ${each}`),
          ]
            .map((line) => `- ${literal(line)}`)
            .join('\n'),
        ]),
    ...chapters.flatMap(chapterOf),
    ...others.flatMap(({ number, state }) => [
      `## Remediation ${number}: ${literal(stateText(state))}`,
      `It was ${byAnother}.`,
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The same as a file, with what it is called. */
export function reportOf(story: Story): {
  readonly title: string;
  readonly name: string;
  readonly markdown: string;
  readonly command: string;
} {
  const { number, id } = story;
  const which = number === undefined ? id : `${number}`;
  return {
    title: `Report of ${number === undefined ? 'this incident' : `incident ${number}`}`,
    name: `incident-${which}`,
    markdown: incidentReport(story),
    command: number === undefined ? 'firebreak incident' : `firebreak incident ${number}`,
  };
}

function chapterOf({ remediation, approvals, look }: Chapter): readonly string[] {
  const spec = 'spec' in remediation ? remediation.spec : undefined;
  const verdict = 'verdict' in remediation ? remediation.verdict : undefined;
  const output = verdict?.stderr ?? '';
  return [
    `## Remediation ${remediation.number}: ${literal(stateText(remediation.state))}`,
    fenced(printAction(remediation.action)),
    [
      ...(remediation.reason === undefined ? [] : [`- Reason: ${literal(remediation.reason)}`]),
      ...(spec === undefined ? [] : [`- Risk ${spec.score} of 100, tier ${spec.tier}`]),
      ...(spec?.lineItems ?? [])
        .toSorted(mostTelling)
        .map((item) => `  - ${literal(weight(item))}: ${literal(item.sentence)}`),
      ...approvals.map(
        ({ at, decision, actor, reason }) =>
          `- ${decision === 'approve' ? 'Approved' : 'Rejected'} by ${literal(actor.userId)} at ${at}${reason === undefined ? '' : `: ${literal(reason)}`}`,
      ),
      ...('failure' in remediation ? [`- ${literal(remediation.failure)}`] : []),
      ...(verdict === undefined
        ? []
        : [`- Verdict: ${verdict.result.replace('_', ' ')}: ${literal(verdict.sentence)}`]),
      ...(look?.result === undefined
        ? []
        : [`- Looked at again: ${look.result.replace('_', ' ')}. ${literal(look.sentence ?? '')}`]),
    ].join('\n'),
    ...(output === '' ? [] : [fenced(output)]),
  ];
}

/**
 * The text with what cannot be seen but changes what is seen as U+FFFD: it is read in a terminal, too, where a control character
 * commands and a bidirectional one turns words around. Colours of a log are left out.
 */
const printable = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\p{Cc}\[[0-9;]*m/gu, '')
    .replaceAll(/(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');

/** Untrusted text in one line of Markdown: no character of it means anything there (CommonMark, "Backslash escapes"). */
function literal(text: string): string {
  return printable(redact(text))
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[!"#$%&'()*+,./:;<=>?@[\\\]^_`{|}~-]/g, (char) =>
      /[-,.:/()']/.test(char) ? char : `\\${char}`,
    )
    .replaceAll('://', ':\\/\\/');
}

/** A block of text that a line of backticks in it does not end. */
function fenced(text: string): string {
  const body = cut(printable(redact(text)), longestOutput);
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${body}\n${fence}`;
}

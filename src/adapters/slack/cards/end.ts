import { phrase } from '../../../actions/phrase.ts';
import { stateWords } from '../../../domain/text/states.ts';
import type { Content } from '../../../workflow/ports.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, code, lines, linked, listed, md, oneLine, person, type SafeMrkdwn } from '../text.ts';
import { inCluster } from './notification.ts';

export type EndContent = Extract<Content, { kind: 'end' }>;

/** Lines of one message; an incident has a few remediations. */
const mostLines = 10;

/** The end of an incident in its thread: how long it took, what was done, by whom, and what was learned. */
export function endMessage({ end }: EndContent): Rendered {
  const headline = clamp(oneLine(end.headline), 500);
  const left = end.lines.length - mostLines;
  const done = end.lines.slice(-mostLines).map(doneLine);
  return {
    text: clamp(headline, limits.fallback),
    blocks: [
      section(md`*${headline}*`),
      section(
        lines([
          ...(left > 0 ? [md`${left} earlier remediations are in the thread.`] : []),
          ...(done.length === 0 ? [md`Nothing was done about it.`] : done),
        ]),
      ),
    ],
  };
}

/** The headline alone, for when Slack refuses the full one. */
export function shortEnd({ end }: EndContent): Rendered {
  const text = clamp(oneLine(end.headline), limits.fallback);
  return { text, blocks: [paragraph(text)] };
}

function doneLine({ text, askedBy, approvedBy, outcome }: EndContent['end']['lines'][number]): SafeMrkdwn {
  const asked = askedBy === undefined ? md`` : md`, asked for by ${person(askedBy)}`;
  const approved = approvedBy.length === 0 ? md`` : md`, approved by ${listed(approvedBy.map(person))}`;
  return md`• ${code(clamp(oneLine(text), 200))}${asked}${approved}: ${clamp(oneLine(outcome), 500)}`;
}

type DirectContent = Extract<Content, { kind: 'direct' }>;

/** How a change has ended, for one person alone: the word, the verdict, and where everything else is. */
export function directMessage(content: DirectContent, workspaceUrl?: string): Rendered {
  const { remediation, cluster, place } = content;
  const { emoji, word, sentence: body } = stateWords(remediation, [], false);
  const head = `${word}: ${phrase(remediation.action)}${inCluster(cluster)} (remediation ${remediation.number})`;
  return {
    text: clamp(oneLine(`${head}. ${body}`), limits.fallback),
    blocks: [
      section(md`*${emoji} ${clamp(oneLine(head), 500)}*${linked(place, workspaceUrl)}`),
      paragraph(clamp(body, 1200)),
    ],
  };
}

/** As one plain paragraph, for when Slack refuses the full one. */
export function shortDirect(content: DirectContent): Rendered {
  const { text } = directMessage(content);
  return { text, blocks: [paragraph(text)] };
}

import type { CommandResponse } from '../../../workflow/intake/commands.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, codeBlock, escapeMrkdwn, lines, linked, md, oneLine, person } from '../text.ts';
import { pageButtons, runButtons } from './buttons.ts';

/** The answer to /remediate, for the one who typed it. */
export function responseMessage(response: CommandResponse, workspaceUrl?: string): Rendered {
  switch (response.kind) {
    case 'accepted': {
      const head = `Remediation ${response.number}. ${response.sentence}`;
      const notes = [...response.notes.map((note) => md`• ${note}`), md`Its card follows in the channel.`];
      return { text: fallback(head), blocks: [paragraph(head), section(lines(notes))] };
    }
    case 'refused':
      return {
        text: fallback(`Not understood: ${response.preformatted}`),
        blocks: [
          section(codeBlock(response.preformatted, limits.text)),
          ...runButtons(response.commands ?? []),
        ],
      };
    case 'list':
      return listMessage(response, workspaceUrl);
    case 'denied':
      return plainResponse(response.sentence);
    case 'text': {
      const body = response.lines.join('\n');
      return {
        text: fallback(response.title),
        blocks: [paragraph(response.title), ...(body === '' ? [] : [section(codeBlock(body, limits.text))])],
      };
    }
  }
}

/** A page: each line with the message that tells more, and buttons for the pages around it. */
function listMessage(
  { title, lines: all, previous, next }: Extract<CommandResponse, { kind: 'list' }>,
  workspaceUrl: string | undefined,
): Rendered {
  const line = ({ text, by, link }: (typeof all)[number]) => {
    const who = by === undefined ? md`` : md` ${person(by)}`;
    return md`• ${clamp(oneLine(text), 400)}${who}${linked(link, workspaceUrl)}`;
  };
  return {
    text: fallback(title),
    blocks: [
      paragraph(clamp(oneLine(title), 500)),
      ...chunked(all.map(line)).map((pieces) => section(lines(pieces))),
      ...pageButtons({ previous, next }),
    ],
  };
}

/** Lines of one block: ten of the longest fit into what Slack takes. */
const linesInBlock = 6;

const chunked = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / linesInBlock) }, (_, at) =>
    all.slice(at * linesInBlock, (at + 1) * linesInBlock),
  );

/** One sentence of ours, as a message. */
export function plainResponse(sentence: string): Rendered {
  return { text: fallback(sentence), blocks: [paragraph(sentence)] };
}

const fallback = (text: string): string => escapeMrkdwn(clamp(oneLine(text), limits.fallback));

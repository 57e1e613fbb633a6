import type { CommandResponse } from '../../../workflow/intake/commands.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, codeBlock, escapeMrkdwn, lines, md, oneLine } from '../text.ts';
import { runButtons } from './buttons.ts';

/** The answer to /remediate, for the one who typed it. */
export function responseMessage(response: CommandResponse): Rendered {
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

/** One sentence of ours, as a message. */
export function plainResponse(sentence: string): Rendered {
  return { text: fallback(sentence), blocks: [paragraph(sentence)] };
}

const fallback = (text: string): string => escapeMrkdwn(clamp(oneLine(text), limits.fallback));

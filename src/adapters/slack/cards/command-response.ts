import type { Receipt } from '../../../workflow/intake/commands.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, codeBlock, escapeMrkdwn, lines, md, oneLine } from '../text.ts';

/** The answer to /remediate, for the one who typed it. */
export function receiptMessage(receipt: Receipt): Rendered {
  switch (receipt.kind) {
    case 'accepted': {
      const head = `Remediation ${receipt.number}. ${receipt.sentence}`;
      const notes = [...receipt.notes.map((note) => md`• ${note}`), md`Its card follows in the channel.`];
      return { text: fallback(head), blocks: [paragraph(head), section(lines(notes))] };
    }
    case 'refused':
      return {
        text: fallback(`Not understood: ${receipt.preformatted}`),
        blocks: [section(codeBlock(receipt.preformatted, limits.text))],
      };
    case 'text': {
      const body = receipt.lines.join('\n');
      return {
        text: fallback(receipt.title),
        blocks: [paragraph(receipt.title), ...(body === '' ? [] : [section(codeBlock(body, limits.text))])],
      };
    }
  }
}

/** One sentence of ours, as a message. */
export function plainReceipt(sentence: string): Rendered {
  return { text: fallback(sentence), blocks: [paragraph(sentence)] };
}

const fallback = (text: string): string => escapeMrkdwn(clamp(oneLine(text), limits.fallback));

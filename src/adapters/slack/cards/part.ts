import type { KnownBlock } from '@slack/types';
import type { Content } from '../../../workflow/ports.ts';
import { type Rendered, section, verbatim, verbatimPlain } from '../blocks.ts';
import { md } from '../text.ts';

export type PartContent = Extract<Content, { kind: 'part' }>;

/** A message in the thread with what the card has no room for, to the byte. */
export function partMessage(content: PartContent): Rendered {
  return partWith(content, (text) => [verbatim(text)]);
}

/** The same in plainer blocks, no less of it. */
export function plainPart(content: PartContent): Rendered {
  return partWith(content, verbatimPlain);
}

function partWith({ notice }: PartContent, shown: (text: string) => readonly KnownBlock[]): Rendered {
  const { number, part, of, passages } = notice;
  const head = `Remediation ${number}: read before approving, ${part} of ${of}`;
  return {
    text: head,
    blocks: [
      section(md`*${head}*`),
      ...passages.flatMap(({ heading, text }) => [section(md`*${heading}*`), ...shown(text)]),
    ],
  };
}

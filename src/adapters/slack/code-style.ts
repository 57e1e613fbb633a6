import type { KnownBlock, RichTextBlock } from '@slack/types';
import { type Rendered, verbatimPlain } from './blocks.ts';
import { escapeMrkdwn } from './text.ts';

/**
 * How a server shows code: Slack's own clients know fenced blocks; local-slack, which the sandbox uses, shows the
 * fences and runs the lines together, but knows inline code. There a code block becomes one span a line.
 */
export type CodeStyle = 'fenced' | 'spans';

/** Slack itself fences; every other server is taken to have the simpler style. */
export function codeStyleOf(apiUrl: string | undefined): CodeStyle {
  return apiUrl === undefined || /^https:\/\/([a-z0-9-]+\.)*slack(-gov)?\.com\//.test(apiUrl)
    ? 'fenced'
    : 'spans';
}

/** Charts are shown by Slack's own clients alone, too. */
export function withCodeStyle(rendered: Rendered, codeStyle: CodeStyle): Rendered {
  const { blocks, charts: _charts, ...said } = rendered;
  return codeStyle === 'fenced' ? rendered : { ...said, blocks: blocks.flatMap(spanned) };
}

const fence = '```\n';

function spanned(block: KnownBlock): KnownBlock | KnownBlock[] {
  if (block.type === 'rich_text') return preformatted(block);
  if (block.type !== 'section' || block.text?.type !== 'mrkdwn' || !block.text.text.startsWith(fence))
    return block;
  const inner = block.text.text.slice(fence.length).replace(/\n```$/, '');
  return { ...block, text: { ...block.text, text: lastLines(inner.split('\n').map(span), 2900) } };
}

/** Nothing of it is left out, and what has a backtick or a very long line in it is plain text: no span could hold it. */
function preformatted({ elements }: RichTextBlock): KnownBlock[] {
  const text = elements
    .flatMap((part) => (part.type === 'rich_text_preformatted' ? part.elements : []))
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
  if (text.includes('`') || text.split('\n').some((line) => escapeMrkdwn(line).length > 2800))
    return verbatimPlain(text);
  return sheets(text.split('\n').map((line) => span(escapeMrkdwn(line)))).map((sheet) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: sheet, verbatim: true },
    expand: true,
  }));
}

/** Whole lines, as many together as fit into one section. */
function sheets(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && last.length + line.length < 2900) found[found.length - 1] = `${last}\n${line}`;
    else found.push(line === '' ? ' ' : line);
  }
  return found;
}

/** Leading and repeated spaces are kept as no-break spaces, so that a caret stays under its word. */
function span(line: string): string {
  const kept = line.replace(/^ +| {2,}/g, (spaces) => '\u00a0'.repeat(spaces.length));
  return kept === '' ? '' : `\`${kept}\``;
}

/** As many whole lines from the end as fit. */
function lastLines(lines: readonly string[], limit: number): string {
  let from = lines.length;
  for (let used = 0; from > 0; from -= 1) {
    used += (lines[from - 1]?.length ?? 0) + 1;
    if (used > limit) break;
  }
  return lines.slice(from).join('\n') || '…';
}

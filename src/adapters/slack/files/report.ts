import type { Content, Delivered, Post } from '../../../workflow/ports.ts';
import { limits, paragraph, type Rendered, section, verbatim } from '../blocks.ts';
import { clamp, escapeMrkdwn, md, oneLine } from '../text.ts';
import { shareFiles, type Upload } from './share.ts';

/* The report of an incident as a file in its thread. */

export type ReportContent = Extract<Content, { kind: 'report' }>;
export type ReportPost = Post & { readonly content: ReportContent };

export const isReport = (post: Post): post is ReportPost => post.content.kind === 'report';

/**
 * Shares the report in its thread.
 *
 * @throws what the Web API throws
 */
export function postReport(upload: Upload, post: ReportPost, signal: AbortSignal): Promise<Delivered> {
  const { title, name, markdown } = post.content;
  const comment = escapeMrkdwn(clamp(oneLine(title), limits.fallback));
  const body = new TextEncoder().encode(markdown);
  return shareFiles(upload, post, [{ name, type: 'md', title, body }], comment, signal);
}

/** Characters of the report that one message has room for, besides what is said around them. */
const longest = 8_000;

/** The report as text, as much of it as one message takes: for a workspace that takes no file. */
export function reportInWords({ title, markdown, command }: ReportContent): Rendered {
  const end = markdown.length <= longest ? markdown.length : markdown.lastIndexOf('\n', longest);
  const shown = markdown.slice(0, end > 0 ? end : longest);
  const left = markdown.slice(shown.length).split('\n').length - 1;
  return {
    text: clamp(oneLine(title), limits.fallback),
    blocks: [
      section(md`*${clamp(oneLine(title), 300)}*`),
      verbatim(shown),
      ...(left <= 0 ? [] : [paragraph(`${left} more lines: ${command} prints all of it.`)]),
    ],
  };
}

/** The headline alone, for when Slack refuses the words, too. */
export function shortReport({ title, command }: ReportContent): Rendered {
  const text = clamp(oneLine(`${title}: ${command} prints it.`), limits.fallback);
  return { text, blocks: [paragraph(text)] };
}

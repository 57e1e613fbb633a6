import type { Content } from '../../../workflow/ports.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, codeBlock, group, listed, md, oneLine, person } from '../text.ts';
import { offerButtons } from './buttons.ts';
import { chartBlock } from './chart.ts';

export type ReplyContent = Extract<Content, { kind: 'reply' }>;

/** Characters of stderr that a reply shows; the end is kept. */
const stderrRoom = 2500;

/** A reply in a thread: headline, perhaps a person, perhaps a paragraph, perhaps stderr as a code block. */
export function replyMessage({ notice }: ReplyContent): Rendered {
  const headline = clamp(oneLine(notice.headline), 500);
  const { by, to = { users: [], groups: [] } } = notice;
  const wanted = [
    ...(by === undefined ? [] : [person(by)]),
    ...to.groups.map(group),
    ...to.users.map(person),
  ];
  const head = wanted.length === 0 ? md`*${headline}*` : md`*${headline}* ${listed(wanted)}`;
  const body = notice.body === undefined ? '' : clamp(oneLine(notice.body), limits.fallback);
  return {
    text: clamp(
      oneLine(
        notice.body === undefined
          ? headline
          : `${headline}${/[.!?:]$/.test(headline) ? '' : ':'} ${notice.body}`,
      ),
      limits.fallback,
    ),
    ...(wanted.length === 0
      ? {}
      : {
          mentioning: md`${clamp(headline, limits.fallback)} ${listed(wanted)}${body === '' ? '' : md`: ${body}`}`,
        }),
    blocks: [
      section(head),
      ...(notice.body === undefined || notice.body === '' ? [] : [paragraph(clamp(notice.body, 2800))]),
      ...(notice.preformatted === undefined || notice.preformatted === ''
        ? []
        : [section(codeBlock(notice.preformatted, stderrRoom))]),
      ...offerButtons(notice.offers ?? []),
    ],
    ...(notice.charts === undefined ? {} : { charts: notice.charts.map(chartBlock) }),
  };
}

/** The reply as one plain paragraph, for when Slack refuses the full one; of one with charts all but these. */
export function shortReply(content: ReplyContent): Rendered {
  const { blocks, charts, ...said } = replyMessage(content);
  if (charts !== undefined) return { ...said, blocks };
  return {
    ...said,
    blocks: [said.mentioning === undefined ? paragraph(said.text) : section(said.mentioning)],
  };
}

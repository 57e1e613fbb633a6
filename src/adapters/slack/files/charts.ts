import { type Chart, chartLines } from '../../../domain/incidents/chart.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import type { Delivered, Post } from '../../../workflow/ports.ts';
import type { ReplyContent } from '../cards/reply.ts';
import { clamp, escapeMrkdwn, oneLine, visible } from '../text.ts';
import { pictureOf, scaleOf, strokeOf } from './picture.ts';
import { shareFiles, type ToShare, type Upload } from './share.ts';

/* Charts as pictures, with their words in the same message: for where Slack does not take its own. */

export type ChartedPost = Post & { readonly content: ReplyContent };

export const isCharted = (post: Post): post is ChartedPost =>
  post.content.kind === 'reply' && post.content.notice.charts !== undefined;

async function pictured(chart: Chart): Promise<ToShare> {
  const title = titleOf(chart);
  return {
    name: chart.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    type: 'png',
    title,
    body: await pictureOf(chart),
    alt: [title, ...chartLines(chart, chart.at[0] ?? '')].join(' '),
  };
}

/** What the picture itself does not say: its axes, and which line is which. */
function titleOf(chart: Chart): string {
  const { title, unit, at, series } = chart;
  const { from, to } = scaleOf(chart);
  const [first = '', last = first] = [at[0], at.at(-1)];
  const span = `${clockTime(first, first)} to ${clockTime(last, first)}`;
  const which = series.map(({ name }, index) => `${name} ${strokeOf(index).said}`).join('; ');
  return `${title}, ${from} to ${to} ${unit}, ${span}${series.length === 1 ? '' : `: ${which}`}`;
}

/**
 * Draws a reply's charts.
 *
 * @throws when they cannot be drawn
 */
export const drawn = ({ content }: ChartedPost): Promise<readonly ToShare[]> =>
  Promise.all((content.notice.charts ?? []).map(pictured));

/**
 * Shares the pictures in the reply's place, with all that it says.
 *
 * @throws what the Web API throws
 */
export function postPictures(
  upload: Upload,
  post: ChartedPost,
  pictures: readonly ToShare[],
  signal: AbortSignal,
): Promise<Delivered> {
  const { headline, body = '' } = post.content.notice;
  const words = `*${clamp(oneLine(headline), 500)}*\n${clamp(visible(body), 2800)}`;
  return shareFiles(upload, post, pictures, escapeMrkdwn(words.trimEnd()), signal);
}

import type { CommandResponse } from '../../../workflow/intake/commands.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import {
  clamp,
  codeBlock,
  escapeMrkdwn,
  lines,
  linked,
  md,
  oneLine,
  person,
  type SafeMrkdwn,
} from '../text.ts';
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
    case 'already': {
      const { sentence, place } = response;
      return { text: fallback(sentence), blocks: [section(md`${sentence}${linked(place, workspaceUrl)}`)] };
    }
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
    const who = by === undefined ? md`` : md`, by ${person(by)}`;
    return md`• ${clamp(oneLine(text), 400)}${who}${linked(link, workspaceUrl)}`;
  };
  return {
    text: fallback(title),
    blocks: [
      paragraph(clamp(oneLine(title), 500)),
      ...blocksOf(fitting(all.map(line))).map((pieces) => section(lines(pieces))),
      ...pageButtons({ previous, next }),
    ],
  };
}

/** Characters of all lines, under what Slack takes in one message, and of those in one block. */
const longestList = 8_500;
const longestBlock = 2_800;

/** Of what is too long the beginning, which says what it was, and more of the end, which says what came of it. */
function fitting(all: readonly SafeMrkdwn[]): readonly SafeMrkdwn[] {
  if (fittingIn(all, longestList) === all.length) return all;
  const first = fittingIn(all, longestList / 3);
  const last = all.length - fittingIn(all.toReversed(), (longestList * 2) / 3);
  return [...all.slice(0, first), md`… ${last - first} lines are left out here`, ...all.slice(last)];
}

/** How many from the beginning have so many characters. */
function fittingIn(all: readonly SafeMrkdwn[], limit: number): number {
  let used = 0;
  const end = all.findIndex(({ mrkdwn }) => {
    used += mrkdwn.length + 1;
    return used > limit;
  });
  return end < 0 ? all.length : end;
}

function blocksOf(all: readonly SafeMrkdwn[]): readonly (readonly SafeMrkdwn[])[] {
  if (all.length === 0) return [];
  const count = Math.max(1, fittingIn(all, longestBlock));
  return [all.slice(0, count), ...blocksOf(all.slice(count))];
}

/** One sentence of ours, as a message. */
export function plainResponse(sentence: string): Rendered {
  return { text: fallback(sentence), blocks: [paragraph(sentence)] };
}

const fallback = (text: string): string => escapeMrkdwn(clamp(oneLine(text), limits.fallback));

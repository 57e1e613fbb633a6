import type { KnownBlock } from '@slack/types';
import type { EarlierRequest } from '../../../domain/earlier-request.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import { section } from '../blocks.ts';
import { clamp, lines, md, oneLine, person, type SafeMrkdwn } from '../text.ts';

/** Earlier requests that a card names, and characters of the words of each. */
const mostNamed = 3;
const longestWords = 300;

/** How the requests before ended of which this one asks the same: the last of them, and those to which somebody said no. */
export function earlierBlock({ anew = [], updatedAt }: Remediation): readonly KnownBlock[] {
  const told = anew.filter(({ ended }, index) => ended === 'rejected' || index === anew.length - 1);
  if (told.length === 0) return [];
  return [
    section(lines(told.slice(-mostNamed).map((each) => md`*Asked anew:* ${endText(each, updatedAt)}`))),
  ];
}

function endText({ number, ended, at, ...more }: EarlierRequest, near: string): SafeMrkdwn {
  const asked = more.askedBy === undefined ? md`` : md`, asked for by ${person(more.askedBy)},`;
  const by = more.rejectedBy === undefined ? md`` : md` by ${person(more.rejectedBy)}`;
  const how = ended === 'expired' ? ended : `was ${ended}`;
  const why = more.because === undefined ? '.' : `: ${clamp(oneLine(more.because), longestWords)}`;
  return md`remediation ${number}${asked} ${how}${by} at ${clockTime(at, near)}${why}`;
}

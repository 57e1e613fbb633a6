import type { KnownBlock } from '@slack/types';
import type { StormProposal } from '../../../domain/incidents/storm.ts';
import { finalStates } from '../../../domain/remediation.ts';
import { clockTime, span } from '../../../domain/text/clock-time.ts';
import type { Content } from '../../../workflow/ports.ts';
import { actions, context, header, limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, code, lines, md, type SafeMrkdwn } from '../text.ts';
import { openButton } from './buttons.ts';

type StormContent = Extract<Content, { kind: 'storm' }>;

/** Buttons that Slack takes in one block (docs.slack.dev, "Actions block"). */
const buttonsInBlock = 25;

/** The one message of a storm: what is proposed for each owner, the worst first, with a button that opens it. */
export function stormCard({ storm }: StormContent): Rendered {
  const { beganAt, endedAt, incidents, proposals, more, heldBack } = storm;
  const isOver = endedAt !== undefined;
  const count = `${incidents.toLocaleString('en-US')} incident${incidents === 1 ? '' : 's'}`;
  const head = isOver ? `🌤️ Storm over: ${count}` : `🌩️ Storm: ${count}`;
  const held =
    heldBack === 1 ? '1 that would have run by itself' : `${heldBack} that would have run by themselves`;
  const without = Math.max(0, incidents - proposals.length - more);
  const sentence = isOver
    ? `It took ${span(beganAt, endedAt)}. It held back ${held}. What still waits for approval goes on waiting.`
    : 'So many at once have most likely one cause. Nothing runs by itself until it is over; each proposal waits for a person.';
  return {
    text: clamp(`${head}. ${sentence}`, limits.fallback),
    blocks: [
      header(head),
      paragraph(sentence),
      ...(proposals.length === 0 ? [] : [section(lines(proposals.map(line), limits.text))]),
      ...opening(proposals),
      context([
        md`Since ${clockTime(beganAt, beganAt)}${more === 0 ? md`` : md` · ${more} more: /remediate status`}`,
        ...(without === 0 ? [] : [md`${without} without a proposal, told by themselves`]),
      ]),
    ],
  };
}

/** The head of it, for when Slack refuses the full one. */
export function shortStorm(content: StormContent): Rendered {
  const { text, blocks } = stormCard(content);
  return { text, blocks: blocks.filter(({ type }) => type === 'header') };
}

function line({ number, command, state, score, alerts }: StormProposal): SafeMrkdwn {
  const risk = score === undefined ? md`` : md` · risk ${score}`;
  const told = alerts === 1 ? md`` : md` · ${alerts} alerts`;
  return md`${number}. ${code(clamp(command, 90))} · ${state.replace('_', ' ')}${risk}${told}`;
}

/** Each opens the details of one; only what has not ended is decided on. */
function opening(proposals: readonly StormProposal[]): readonly KnownBlock[] {
  const open = proposals.filter(({ state }) => !over.has(state)).slice(0, buttonsInBlock);
  return open.length === 0 ? [] : [actions(open.map(openButton))];
}

const over: ReadonlySet<string> = new Set(finalStates);

import type { KnownBlock } from '@slack/types';
import { type StormProposal, shareText } from '../../../domain/incidents/storm.ts';
import { mostTogether } from '../../../domain/incidents/together.ts';
import { finalStates } from '../../../domain/remediation.ts';
import { clockTime, span } from '../../../domain/text/clock-time.ts';
import { stateText } from '../../../domain/text/states.ts';
import type { Content } from '../../../workflow/ports.ts';
import { actions, choice, context, header, limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, code, lines, md, type SafeMrkdwn } from '../text.ts';
import { actionIds, choiceId, openButton } from './buttons.ts';
import { inCluster } from './notification.ts';

type StormContent = Extract<Content, { kind: 'storm' }>;

/** Slack takes 25 in one block (docs.slack.dev, "Actions block"); the rest is for what is listed. */
const mostButtons = 20;

/** The one message of a storm: what is proposed for each owner, the worst first, with a button that opens it. */
export function stormCard({ storm }: StormContent): Rendered {
  const { number, beganAt, endedAt, incidents, share, cluster, overLineIn, proposals, more, heldBack } =
    storm;
  const isOver = endedAt !== undefined;
  const counted = `${incidents.toLocaleString('en-US')} incident${incidents === 1 ? '' : 's'}`;
  const count = [
    ...(share === undefined ? [] : [`${shareText(share)}${inCluster(cluster)}`]),
    ...(share && incidents === 0 ? [] : [counted]),
  ].join(', ');
  const head = isOver ? `🌤️ Storm over: ${count}` : `🌩️ Storm: ${count}`;
  const held =
    heldBack === 1 ? '1 that would have run by itself' : `${heldBack} that would have run by themselves`;
  // Nothing was proposed for these, or it was before the storm began: all incidents of the minute that began it are counted.
  const without = Math.max(0, incidents - proposals.length - more);
  const sentence = isOver
    ? `It took ${span(beganAt, endedAt)}. It held back ${held}. What still waits for approval goes on waiting.`
    : 'So many at once have most likely one cause. Nothing runs by itself until it is over; each proposal waits for a person.';
  return {
    text: clamp(`${head}. ${sentence}`, limits.fallback),
    blocks: [
      header(head),
      paragraph(sentence),
      ...list(proposals),
      ...choosing(number, proposals),
      ...opening(proposals),
      context([
        md`Since ${clockTime(beganAt, beganAt)}${more === 0 ? md`` : md` · ${more} more: /remediate status`}`,
        ...(without === 0
          ? []
          : [
              md`${without.toLocaleString('en-US')} of the incidents ${without === 1 ? 'has' : 'have'} no proposal here`,
            ]),
        ...(overLineIn === undefined
          ? []
          : [md`Too many unhealthy when last seen: ${clamp(overLineIn.join(', '), 300)}`]),
      ]),
    ],
  };
}

/** The head of it, for when Slack refuses the full one. */
export function shortStorm(content: StormContent): Rendered {
  const { text, blocks } = stormCard(content);
  return { text, blocks: blocks.filter(({ type }) => type === 'header') };
}

function line({ number, command, cluster, state, score, alerts, severity, pods }: StormProposal): SafeMrkdwn {
  const parts = [
    md`${stateText(state)}`,
    ...(severity === undefined ? [] : [md`${severity}`]),
    // As it was when it was judged: of what is over that says nothing any more.
    ...(pods === undefined || over.has(state) ? [] : [md`${pods.ready} of ${pods.desired} ready`]),
    ...(score === undefined ? [] : [md`risk ${score}`]),
    ...(alerts === 1 ? [] : [md`${alerts} alerts`]),
  ];
  return parts.reduce(
    (told, part) => md`${told} · ${part}`,
    md`${number}. ${code(clamp(command, 80))}${inCluster(cluster)}`,
  );
}

/** So many lines in one section. */
const linesInSection = 15;

function list(proposals: readonly StormProposal[]): readonly KnownBlock[] {
  const pages = Array.from({ length: Math.ceil(proposals.length / linesInSection) }, (_, page) =>
    proposals.slice(page * linesInSection, (page + 1) * linesInSection),
  );
  return pages.map((page) => section(lines(page.map(line), limits.text)));
}

/** What waits for people, by the playbook that proposes it, to be chosen from; one approval runs one playbook. */
function choosing(storm: number, proposals: readonly StormProposal[]): readonly KnownBlock[] {
  const waiting = proposals.filter(({ state }) => state === 'waiting');
  if (waiting.length < 2) return [];
  const groups = [...Map.groupBy(waiting, ({ playbook }) => playbook)].map(([label, each]) => ({
    label,
    options: each.map(({ remediation, number, tier = '', score = 0, command, cluster }) => ({
      label: `${number} · ${tier} ${score} · ${cluster === undefined ? '' : `${cluster} · `}${command.replace(/^kubectl /, '')}`,
      value: remediation,
    })),
  }));
  const asks = md`*Approve several at once*: choose proposals of one playbook. What lands is shown before you confirm.`;
  return [
    choice(asks, {
      id: `${choiceId}:${storm}`,
      actionId: choiceId,
      asks: 'Choose proposals',
      groups,
      most: mostTogether,
    }),
    actions([
      {
        label: 'Approve several',
        actionId: actionIds.together,
        value: String(storm),
        says: 'Show what an approval of the chosen proposals would do',
      },
    ]),
  ];
}

/** Each opens the details of one; only what has not ended is decided on. */
function opening(proposals: readonly StormProposal[]): readonly KnownBlock[] {
  const open = proposals.filter(({ state }) => !over.has(state)).slice(0, mostButtons);
  return open.length === 0 ? [] : [actions(open.map(openButton))];
}

const over: ReadonlySet<string> = new Set(finalStates);

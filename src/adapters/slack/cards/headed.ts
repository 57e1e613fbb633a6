import type { KnownBlock } from '@slack/types';
import { phrase } from '../../../actions/phrase.ts';
import type { Named, Signals } from '../../../domain/incidents/overview.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import { openWord, stateWords } from '../../../domain/text/states.ts';
import type { Headed, Open } from '../../../workflow/shown.ts';
import { actions, section } from '../blocks.ts';
import { clamp, lines, md, type SafeMrkdwn } from '../text.ts';
import { decisionButtons } from './buttons.ts';
import { inCluster } from './notification.ts';
import { earlierBlock } from './requester.ts';
import { silenceButtons, silenceNote } from './silence.ts';

/** Names of alerts on a card; the others are counted. */
const mostNames = 8;
const longestName = 120;

/** What is known of the incident whose thread a message heads: its alerts, and what is needed now where another card says it. */
export function headedBlocks(headed: Headed | undefined, near: string): readonly KnownBlock[] {
  if (headed === undefined) return [];
  const { signals, names, now, alsoOpen, number } = headed;
  return [
    ...(signals === undefined ? [] : [section(signalsText(signals, { names, number, near }))]),
    ...endingBlock(headed, near),
    ...unansweredBlock(headed),
    ...(now === undefined ? [] : nowBlocks(now)),
    ...besidesBlock(alsoOpen),
  ];
}

/** What else of the incident is not over, with its state. */
export const besidesBlock = (open: readonly Open[] = []): readonly KnownBlock[] =>
  open.length === 0
    ? []
    : [
        section(
          md`*Also open in the thread:* remediation ${open.map(({ number, state }) => `${number} (${openWord(state)})`).join(', ')}`,
        ),
      ];

const whys = {
  resolved: 'all alerts are over',
  healthy: 'what it is about has been healthy for long enough',
  done: 'what was asked for is done',
  quiet: 'no Warning event is reported any more',
  silent:
    'nothing was heard of its alerts any more, neither that they fire nor that they are over, and what it is about cannot be looked at',
  told: 'no more alerts are added to this message',
} as const;

/** Whether the incident is closed, or when it will be. */
function endingBlock({ ending, number, reopened }: Headed, near: string): readonly KnownBlock[] {
  const name = number === undefined ? 'This incident' : `Incident ${number}`;
  const times = reopened === 1 ? 'once' : `${reopened} times`;
  const again = reopened === 0 ? md`` : md` It came back ${times} after it was closed.`;
  switch (ending.kind) {
    case 'closed': {
      const why = ending.why === undefined ? '' : `: ${whys[ending.why]}`;
      return [section(md`*✅ ${name} is closed since ${clockTime(ending.at, near)}*${why}.${again}`)];
    }
    case 'quiet':
      return [section(md`${name} is closed when it has been quiet for ${ending.minutes} min.${again}`)];
    case 'healthy':
      return [
        section(
          md`Healthy since ${clockTime(ending.since, near)}, although an alert fires. ${name} is closed when that has lasted ${ending.minutes} min.${again}`,
        ),
      ];
    case 'open':
      return reopened === 0 ? [] : [section(md`${name} is open again.${again}`)];
  }
}

const unansweredBlock = ({ unanswered }: Headed): readonly KnownBlock[] =>
  unanswered === undefined
    ? []
    : [
        section(
          md`*⌛ It waits for somebody:* remediation ${unanswered} has expired, and it still fires. Nothing else is proposed for what fires now; whoever wants it asks for it again.`,
        ),
      ];

interface Around {
  readonly names: readonly Named[];
  readonly number: number | undefined;
  readonly near: string;
}

/** `5 alerts since 03:04 UTC, severity critical`, then each name with how often it came. */
function signalsText(signals: Signals, { names, number, near }: Around): SafeMrkdwn {
  const { alerts, firing, since, resolvedAt, severity, flapping } = signals;
  const count = alerts === 1 ? '1 alert' : `${alerts.toLocaleString('en-US')} alerts`;
  const how = severity === undefined ? '' : `, severity ${severity}`;
  const some = alerts === firing ? '' : `, ${firing.toLocaleString('en-US')} of them still firing`;
  const end = resolvedAt === undefined ? some : `, over since ${clockTime(resolvedAt, near)}`;
  const most = names.toSorted((a, b) => b.firing - a.firing || b.alerts - a.alerts);
  const more = names.length > mostNames ? [md`• … and ${names.length - mostNames} other names`] : [];
  return lines([
    number === undefined
      ? md`*${count} since ${clockTime(since, near)}${how}${end}*`
      : md`*Incident ${number}: ${count} since ${clockTime(since, near)}${how}${end}*`,
    ...most.slice(0, mostNames).map(nameLine),
    ...more,
    ...(flapping === undefined
      ? []
      : [
          md`Comes and goes: ${clamp(flapping.name, longestName)} has fired ${flapping.times} times for the same object.`,
        ]),
  ]);
}

function nameLine({ name, alerts, firing }: Named): SafeMrkdwn {
  const times = alerts === 1 ? md`` : md` × ${alerts.toLocaleString('en-US')}`;
  const over = alerts - firing;
  const resolved =
    over === 0 ? '' : over === alerts ? ', resolved' : `, ${over.toLocaleString('en-US')} resolved`;
  return md`• ${clamp(name, longestName)}${times}${resolved}`;
}

/** The card of the remediation that the incident is about now, in short, with its buttons; the whole card is in the thread. */
function nowBlocks({
  remediation,
  approvals,
  shown,
  silence,
  cluster,
  stopped,
}: NonNullable<Headed['now']>): readonly KnownBlock[] {
  const { emoji, word, sentence } = stateWords(remediation, approvals, stopped !== undefined);
  const head = md`*${emoji} Now: ${word}: ${phrase(remediation.action)}${inCluster(cluster)}* (remediation ${remediation.number}, in the thread)`;
  const more = silenceButtons(silence, remediation);
  return [
    section(lines([head, md`${clamp(sentence, 600)}`])),
    ...earlierBlock(remediation),
    ...silenceNote(silence, remediation.updatedAt),
    ...(remediation.state === 'waiting'
      ? [decisionButtons(remediation, shown?.approvable ?? false, more)]
      : []),
    ...(remediation.state !== 'waiting' && more.length > 0 ? [actions(more)] : []),
  ];
}

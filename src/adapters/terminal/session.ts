import type { CommandResponse, Commands } from '../../workflow/intake/commands.ts';
import type { ActNowOffer } from '../../workflow/lasting/act-now.ts';
import type { Print } from './face.ts';
import { printable } from './render.ts';

/** What a line typed into the terminal asks for. */
export type Line =
  | { readonly kind: 'command'; readonly text: string }
  | {
      readonly kind: 'vote';
      readonly decision: 'approve' | 'reject';
      readonly number: number;
      readonly as: string;
    }
  | {
      readonly kind: 'act now';
      readonly number: number;
      readonly as: string;
      readonly pause: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'alert' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'empty' };

/** Reads a typed line: `approve 3 as bob`, `act now 3 as bob: the shop is down`, `alert`, `quit`, or a command with or without `/remediate`. */
export function readLine(line: string): Line {
  const words = line
    .trim()
    .split(' ')
    .filter((word) => word !== '');
  const [first = '', second = '', third = '', fourth = ''] = words;
  if (first === '') return { kind: 'empty' };
  if (first === 'quit' || first === 'exit') return { kind: 'quit' };
  if (first === 'alert' && words.length === 1) return { kind: 'alert' };
  const urgent = readActNow(line.trim());
  if (urgent !== undefined) return urgent;
  if ((first === 'approve' || first === 'reject') && /^#?\d{1,9}$/.test(second)) {
    return {
      kind: 'vote',
      decision: first,
      number: Number(second.replace('#', '')),
      as: third === 'as' && fourth !== '' ? fourth : 'bob',
    };
  }
  return { kind: 'command', text: first === '/remediate' ? words.slice(1).join(' ') : line.trim() };
}

/** What stands before the colon; what follows is why. */
const urgentLine =
  /^act now #?(?<number>\d{1,9})(?: as (?<as>[^\s:]+))?(?<pause> and pause)?\s*(?::(?<reason>.*))?$/s;

function readActNow(line: string): Extract<Line, { kind: 'act now' }> | undefined {
  const { number, as = 'bob', pause, reason = '' } = urgentLine.exec(line)?.groups ?? {};
  if (number === undefined) return undefined;
  const wanted = { number: Number(number), as, pause: pause !== undefined, reason: reason.trim() };
  return { kind: 'act now', ...wanted };
}

export interface Session {
  /** Runs a command as a person and prints the response. Returns the remediation's number if one was opened. */
  ask(text: string, as: string): Promise<number | undefined>;
  /** Clicks for a person and prints the answer. */
  vote(number: number, decision: 'approve' | 'reject', as: string): Promise<void>;
  /** Asks for a change before its pull request, or without a reason says what that would mean. */
  actNow(wanted: Omit<Extract<Line, { kind: 'act now' }>, 'kind'>): Promise<void>;
}

/** What the session needs besides the commands: the row behind a number, and Slack-like ids for names. */
export interface SessionParts {
  readonly commands: Commands;
  readonly find: (number: number) => Promise<{ id: string; digest: string | undefined } | undefined>;
  readonly userId: (name: string) => string;
  readonly newKey: () => string;
  readonly print: Print;
}

export function createSession(parts: SessionParts): Session {
  const { commands, print } = parts;
  const actor = (name: string) => ({ userId: parts.userId(name), teamId: 'terminal' });
  return {
    ask: async (text, as) => {
      print('');
      print(`${as}: /remediate ${printable(text)}`);
      const response = await commands.remediate({
        text,
        actor: actor(as),
        requestKey: `terminal:${parts.newKey()}`,
      });
      for (const line of responseLines(response)) print(printable(line));
      return response.kind === 'accepted' ? response.number : undefined;
    },
    vote: async (number, decision, as) => {
      const row = await parts.find(number);
      print('');
      print(`${as}: ${decision} ${number}`);
      if (row?.digest === undefined)
        return print(`There is no remediation ${number} that waits for approval.`);
      const answer = await commands.vote({
        remediationId: row.id,
        digest: row.digest,
        actor: actor(as),
        decision,
      });
      print(answer.sentence);
    },
    actNow: async ({ number, as, pause, reason }) => {
      const row = await parts.find(number);
      print('');
      print(`${as}: act now ${number}`);
      if (row?.digest === undefined)
        return print(`There is no remediation ${number} that waits for approval.`);
      const wanted = { remediationId: row.id, actor: actor(as) };
      if (reason !== '') {
        const answer = await commands.actNow({ ...wanted, digest: row.digest, reason, pause });
        return print(printable(answer.sentence));
      }
      for (const text of offerLines(await commands.offerToActNow(wanted), as)) print(printable(text));
    },
  };
}

function offerLines(offer: ActNowOffer, as: string): readonly string[] {
  if (offer.kind === 'refused') return [offer.sentence];
  const { number, warning, pause } = offer;
  return [
    'The cluster gets the change as soon as two people approve, and the request to the repository is opened after it.',
    warning,
    `Say why it cannot wait: act now ${number} as ${as}: the shop is down`,
    ...(pause === undefined ? [] : [`${pause}: act now ${number} as ${as} and pause: the shop is down`]),
  ];
}

function responseLines(response: CommandResponse): string[] {
  switch (response.kind) {
    case 'accepted':
      return [`Remediation ${response.number}. ${response.sentence}`, ...response.notes];
    case 'refused':
      return response.preformatted.split('\n');
    case 'denied':
    case 'already':
      return [response.sentence];
    case 'list':
      return [
        response.title,
        ...response.lines.map(({ text, by }) => `  ${text}${by === undefined ? '' : ` ${by}`}`),
      ];
    case 'text':
      return [response.title, ...response.lines.map((line) => `  ${line}`)];
  }
}

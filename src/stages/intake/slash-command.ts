import type { Refusal, RefusalCode } from '../../actions/grammar/refusal.ts';
import type { Request } from '../../domain/action.ts';
import { nearestWord } from '../../domain/text/nearest.ts';
import { askedWords, placedParts, timeWord } from './asked-words.ts';
import { clusterInReason, takeCluster } from './cluster-choice.ts';
import { parseCommand } from './command.ts';
import { flagInReason } from './flag-in-reason.ts';
import { VERB_WORDS } from './grammar/verbs.ts';
import { unwrapped } from './grammar/wrapping.ts';
import { type HistoryAsked, readHistory } from './looking-back.ts';
import { placeInReason } from './place-in-reason.ts';
import { splitReason } from './reason.ts';
import { readStop } from './stop-words.ts';

/** What somebody asked for with `/remediate`. */
export type SlashCommand =
  | { readonly kind: 'help' | 'status' }
  | ({ readonly kind: 'history' } & HistoryAsked)
  /** From its first signal to its end; with its report as a file. Without a number where `word` is none. */
  | {
      readonly kind: 'incident';
      readonly word: string;
      readonly number?: number;
      readonly report?: true;
    }
  /** Of Firebreak itself. Without a reason there is a sentence on what would be right. */
  | { readonly kind: 'stop' | 'start'; readonly reason: string }
  /** Whether the person wants direct messages. */
  | { readonly kind: 'notify'; readonly wants: boolean }
  | { readonly kind: 'unclear'; readonly sentence: string }
  /** One remediation; without a number where `word` is none. */
  | { readonly kind: 'one'; readonly word: string; readonly number?: number }
  /** What was done, in numbers: since when, and of which namespace or playbook. `extra` is a word too many. */
  | {
      readonly kind: 'stats';
      readonly since?: string;
      readonly name?: string;
      readonly of?: 'namespace' | 'playbook';
      readonly extra?: string;
      /** Of several, the one that it says. */
      readonly cluster?: string;
    }
  | {
      readonly kind: 'action';
      readonly action: Request;
      readonly notes: readonly string[];
      readonly reason?: string;
      /** Of several, the one that it says. */
      readonly cluster?: string;
    }
  /** The refusal's places are places in `command`. Its nearest form says no cluster. */
  | {
      readonly kind: 'refused';
      readonly command: string;
      readonly refusal: Refusal;
      readonly cluster?: string;
    };

/**
 * Reads what follows `/remediate`: a word of its own for what is there already, or `<kubectl command> -- <reason>`.
 * Nothing at all asks for help. Never throws.
 *
 * @param clusters the names of those that a command may choose from
 */
export function readSlashCommand(text: string, clusters: readonly string[] = []): SlashCommand {
  const [first = '', ...others] = wordsOf(text);
  // Phones begin a message with a capital, and people end one with a mark; no kubectl command begins with one of these words.
  const word = first.toLowerCase().replace(/[!?.,:;]+$/, '');
  if (word === '') return { kind: 'help' };
  const readOwn = Object.hasOwn(ownWords, word) ? ownWords[word] : undefined;
  return readOwn?.({ text, others, clusters }) ?? meantOwn(readAction(text, clusters), word, others);
}

type ReadAction = Extract<SlashCommand, { kind: 'action' | 'refused' }>;

/** What a word of its own is read from. `others`: the words after it. */
interface Said {
  readonly text: string;
  readonly others: readonly string[];
  readonly clusters: readonly string[];
}

/** The words that are about what is there already, or about Firebreak itself; undefined for what is none of them after all. */
const ownWords: Readonly<Record<string, (said: Said) => SlashCommand | undefined>> = {
  help: readHelp,
  '--help': readHelp,
  '-h': readHelp,
  status: ({ others }) => {
    const [only] = others;
    if (only === undefined) return { kind: 'status' };
    return only.toLowerCase() === 'incident' ? readIncident(others) : { kind: 'one', ...readNumber(others) };
  },
  history: (said) => (isOneIncident(said.others) ? readIncident(said.others) : readPast(said)),
  incident: ({ others }) => readIncident(others),
  stats: ({ text, clusters }) => readStatistics(text, clusters),
  notify: ({ others }) => readNotify(others),
  stop: ({ text }) => readStop('stop', unwrapped(text)),
  start: ({ text }) => readStop('start', unwrapped(text)),
};

/** What is decided with the buttons of a card, where what is decided on is seen. */
const onCards = ['approve', 'reject', 'deny'];

const namedOwn = Object.keys(ownWords).filter((word) => !word.startsWith('-'));

/** Whether what was typed may be meant for no workload at all. */
const ofNoCommand = (code: RefusalCode, word: string): boolean =>
  code === 'unknown-verb' ||
  (code === 'unknown-kind' && word === 'rollout') ||
  (code === 'comment' && numberIn(word) !== undefined);

/** Says which of these a mistyped one is nearest to, where no verb is nearer; it is never taken for it. */
function meantOwn(read: SlashCommand, word: string, others: readonly string[]): SlashCommand {
  if (read.kind !== 'refused' || !ofNoCommand(read.refusal.code, word)) return read;
  const { nearest: _nearest, ...refusal } = read.refusal;
  if (onCards.includes(word)) return { ...read, refusal: { ...refusal, reason: buttonsInstead(word) } };
  const near = nearestWord(word, [...VERB_WORDS, ...namedOwn]);
  const isOwn = near !== undefined && Object.hasOwn(ownWords, near);
  const number = isOwn ? undefined : numberAlone(word, others);
  if (!isOwn && number === undefined) return read;
  const reason = isOwn ? `"${word}" is not a command. Try: /remediate ${near}` : numberInstead(number);
  return { ...read, refusal: { ...refusal, reason } };
}

/** `undo 42` is no command for a Deployment called 42. */
const numberInstead = (number = ''): string =>
  `No command goes by a number alone. To see it: /remediate status ${number}, or of an incident: /remediate incident ${number}`;

/** The number that is said of nothing: `undo 42`, `roll back 42`, `rollout undo 42`. */
function numberAlone(word: string, others: readonly string[]): string | undefined {
  const [first = word, second, third] = others;
  if (second === undefined) return numberIn(first);
  return /^(?:back|undo)$/i.test(first) && third === undefined ? numberIn(second) : undefined;
}

const numberIn = (word: string): string | undefined => /^#?(\d{1,9})$/.exec(word)?.[1];

const buttonsInstead = (word: string): string =>
  `"${word}" is no command: approve and reject with the buttons of the card. To find it: /remediate status`;

const wordsOf = (text: string): string[] =>
  unwrapped(text)
    .split(/\s/)
    .filter((part) => part !== '');

/** `me on` and `me off`. */
function readNotify(words: readonly string[]): SlashCommand {
  const said = words.map((word) => word.toLowerCase()).join(' ');
  if (said === 'me on' || said === 'me off') return { kind: 'notify', wants: said === 'me on' };
  return { kind: 'unclear', sentence: 'Write /remediate notify me on, or /remediate notify me off.' };
}

const namers: Readonly<Record<string, 'namespace' | 'playbook'>> = {
  '-n': 'namespace',
  '--namespace': 'namespace',
  namespace: 'namespace',
  ns: 'namespace',
  playbook: 'playbook',
};

/** What was done, perhaps in one of several clusters. */
function readPast({ text, clusters }: Said): SlashCommand {
  const chosen = takeCluster(text, clusters, placedParts);
  if (chosen.kind === 'refused') return { kind: 'unclear', sentence: chosen.refusal.reason };
  return { kind: 'history', ...readHistory(wordsOf(chosen.text).slice(1), chosen.cluster) };
}

/** `[since] [[-n | namespace | playbook] name]`, in any order, with a cluster where there are several. */
function readStatistics(text: string, clusters: readonly string[]): SlashCommand {
  const chosen = takeCluster(text, clusters, placedParts);
  if (chosen.kind === 'refused') return { kind: 'unclear', sentence: chosen.refusal.reason };
  const { cluster } = chosen;
  const words = askedWords(wordsOf(chosen.text).slice(1));
  const since = words.find((word) => timeWord.test(word));
  const [first, second, ...more] = words.filter((word) => word !== since);
  const of = second === undefined || first === undefined ? undefined : namers[first.toLowerCase()];
  const name = of === undefined ? first : second;
  const [extra] = of === undefined && second !== undefined ? [second] : more;
  return {
    kind: 'stats',
    ...(since === undefined ? {} : { since }),
    ...(name === undefined ? {} : { name }),
    ...(of === undefined ? {} : { of }),
    ...(extra === undefined ? {} : { extra }),
    ...(cluster === undefined ? {} : { cluster }),
  };
}

/** With anything behind it, kubectl's own help is asked for. */
function readHelp({ others }: Said): SlashCommand | undefined {
  return others.length === 0 ? { kind: 'help' } : undefined;
}

const isOneIncident = ([first, number, more]: readonly string[]): boolean =>
  first?.toLowerCase() === 'incident' && numberIn(number ?? '') !== undefined && more === undefined;

/** A number, and whether its report is asked for, in any order. */
function readIncident(others: readonly string[]): SlashCommand {
  const isReport = others.some((word) => /^reports?$/i.test(word));
  return { kind: 'incident', ...readNumber(others), ...(isReport ? { report: true } : {}) };
}

/** What people put before a number. */
const BEFORE_NUMBER = /^(?:of|for|on|the|remediation|incident|card|alert|report|number|no|nr)[.:]?$/i;

/** `42` or `#42`, perhaps behind what it is the number of. */
function readNumber(words: readonly string[]): { readonly word: string; readonly number?: number } {
  const word = words.find((each) => !BEFORE_NUMBER.test(each)) ?? words[0] ?? '';
  return /^#?\d{1,9}$/.test(word) ? { word, number: Number(word.replace('#', '')) } : { word };
}

/**
 * Reads `<kubectl command> -- <reason>` alone, without the words of its own; see readSlashCommand.
 *
 * What is wrapped around the whole is taken off before the reason is split off; what is around the command, after. The reason is
 * looked at beside the command without its cluster, which has blanks in its place.
 */
export function readAction(text: string, clusters: readonly string[]): ReadAction {
  const { command: plain, reason } = splitReason(unwrapped(text));
  const command = text.slice(0, plain.length);
  const choice = takeCluster(plain, clusters);
  if (choice.kind === 'refused') return { kind: 'refused', command, refusal: choice.refusal };
  const chosen = choice.cluster === undefined ? {} : { cluster: choice.cluster };
  const flag =
    reason === undefined
      ? undefined
      : (flagInReason(text, choice.text, reason) ?? placeInReason(text, choice.text, reason));
  if (flag) return { kind: 'refused', command: text.slice(0, flag.span.end), refusal: flag, ...chosen };
  const late = reason === undefined ? undefined : clusterInReason(reason, clusters, choice.cluster);
  if (late !== undefined) return refusedWithin(text, text.indexOf(reason ?? '', plain.length), late);
  const parsed = parseCommand(choice.text);
  if (parsed.kind === 'refused') return { kind: 'refused', command, refusal: parsed.refusal, ...chosen };
  const { action, notes } = parsed;
  return { kind: 'action', action, notes, ...chosen, ...(reason === undefined ? {} : { reason }) };
}

/** The refusal of a part of the text that begins at `from`. */
function refusedWithin(text: string, from: number, refusal: Refusal): ReadAction {
  const span = { start: from + refusal.span.start, end: from + refusal.span.end };
  return { kind: 'refused', command: text.slice(0, span.end), refusal: { ...refusal, span } };
}

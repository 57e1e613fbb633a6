import { kindOf } from '../../actions/action-kinds.ts';
import { quoted } from '../../actions/grammar/display.ts';
import type { Objection, Refusal, RefusalCode } from '../../actions/grammar/refusal.ts';
import { isObjection } from '../../actions/grammar/refusal.ts';
import type { Word } from '../../actions/grammar/word.ts';
import { printAction } from '../../actions/print.ts';
import type { Request } from '../../domain/action.ts';
import type { Assembled } from './grammar/assemble.ts';
import { assemble, defaultMeant } from './grammar/assemble.ts';
import { isLineBreak, mayHoldAnotherCommand, withPlainTwins } from './grammar/characters.ts';
import { readFlags, splitFlags } from './grammar/flags.ts';
import { commandsIn, shellCommandsIn } from './grammar/pasted.ts';
import { secretIn } from './grammar/secrets.ts';
import { wrongKind } from './grammar/target.ts';
import type { Tokens } from './grammar/tokenise.ts';
import { tokenise } from './grammar/tokenise.ts';
import { usageOf } from './grammar/typed-commands.ts';
import { findVerb } from './grammar/verbs.ts';
import { unwrapped } from './grammar/wrapping.ts';
import { fromSpoken } from './spoken.ts';

export type Parsed =
  | { readonly kind: 'action'; readonly action: Request; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * UTF-16 units. The longest request prints in less: `annotate` on 20 objects with 20 values of 512 characters that
 * are all escaped, and as many keys to take away.
 */
const LONGEST_COMMAND = 50_000;

/** How many mistakes in a row the suggestion may repair; each costs one more reading of the text. */
const MOST_REPAIRS = 3;

/** How many lines that are not finished may be read on with the next; each costs one more reading of the text. */
const MOST_LINES = 6;

/**
 * Reads a kubectl command line, with or without the leading `kubectl` (or `k`), as one Request, or refuses it with
 * the place, the reason and the nearest valid form. Nothing is guessed: what a shell would expand, what names
 * several objects and what chooses another cluster is refused. Never throws; time is linear in the text.
 */
export function parseCommand(text: string): Parsed {
  return parse(text, MOST_REPAIRS);
}

function parse(typed: string, repairs: number): Parsed {
  const text = unwrapped(typed);
  const read = understandLines(text, MOST_LINES);
  if (!('objection' in read)) return { kind: 'action', action: read.action, notes: read.notes };
  const { code, reason, span } = read.objection;
  const near = spokenForm(text, repairs) ?? nearestForm(text, read, repairs);
  const nearest = near !== undefined && runs(near) ? near : (pastedForm(typed, repairs) ?? near);
  return { kind: 'refused', refusal: { code, reason, span, ...(nearest === undefined ? {} : { nearest }) } };
}

interface Understood extends Assembled {
  readonly usage: string;
}

interface Misunderstood {
  readonly objection: Objection;
  /** The verb's usage form, when the verb was recognised. */
  readonly usage?: string;
}

/** What was said in words, as a command; undefined where it cannot be told. */
function spokenForm(text: string, repairs: number): string | undefined {
  const meant = repairs === MOST_REPAIRS ? fromSpoken(text) : undefined;
  if (meant === undefined) return undefined;
  const read = parse(meant, repairs - 1);
  return read.kind === 'action' ? printAction(read.action) : read.refusal.nearest;
}

const runs = (command: string): boolean => !('objection' in understandLines(command, MOST_LINES));

/** The only command in what was pasted, without what stands around it; undefined where it cannot be told. */
function pastedForm(text: string, repairs: number): string | undefined {
  if (repairs < MOST_REPAIRS) return undefined;
  const meant = (shellCommandsIn(text) ?? []).filter((part) => !onlyReads(part));
  const [only] = meant;
  if (only === undefined || meant.length > 1) return undefined;
  for (const each of commandsIn(only)) {
    const read = parse(each, repairs - 1);
    if (read.kind === 'action') return printAction(read.action);
    const { nearest } = read.refusal;
    if (nearest !== undefined && runs(nearest)) return nearest;
  }
  return undefined;
}

/** What is run beside a command to see what it does. */
function onlyReads(text: string): boolean {
  const read = understand(text);
  return 'objection' in read && read.objection.code === 'reads-only';
}

/** The repaired text printed as an Action when it parses, else the usage form. */
function nearestForm(text: string, read: Misunderstood, repairs: number): string | undefined {
  const { objection, usage } = read;
  if (repairs === 0) return usage;
  const whole = withoutTail(text, objection);
  if (whole !== undefined) return whole;
  if (objection.instead === undefined) return usage ?? usageBehind(text, objection, repairs);
  const repaired = parse(withPlainTwins(replaced(text, objection, objection.instead)), repairs - 1);
  return repaired.kind === 'action' ? printAction(repaired.action) : (repaired.refusal.nearest ?? usage);
}

/**
 * The command without a reason that was written behind it without its `--`, as in `because it leaks` or `- it leaks`. Where one
 * of the words is a flag, or is meant for one, the command would be another without them.
 */
function withoutTail(text: string, { code, span, instead = '' }: Objection): string | undefined {
  const tail = text.slice(span.start);
  const isLone = code === 'bad-name' && /^-+$/.test(text.slice(span.start, span.end));
  if ((code !== 'extra-word' && !isLone) || instead !== '' || /\s-+[^\s-]|=/.test(tail)) return undefined;
  const read = understandLines(text.slice(0, span.start).trimEnd(), MOST_LINES);
  return 'objection' in read || mayBelong(tail, read) ? undefined : printAction(read.action);
}

/** Whether what stands behind a command may say where or how much, so that without it another one would be carried out. */
function mayBelong(tail: string, { action, notes }: Assembled): boolean {
  const { flags } = kindOf(action.verb).command;
  const own = flags.filter(({ meaning }) => meaning.kind === 'used');
  const words = tail.toLowerCase().split(/[\s:,]+/);
  return (
    notes.includes(defaultMeant) ||
    own.some(({ long }) => words.includes(long)) ||
    (own.some(({ takes }) => takes === 'value') && HOW_MUCH.test(tail))
  );
}

const HOW_MUCH = /\d|^(?:revisions?|versions?|back|ago|more|less|fewer|times)\b/i;

/** The usage form of a verb that stands behind the trouble, as in `-n $NS rollout restart ...`. */
function usageBehind(text: string, objection: Objection, repairs: number): string | undefined {
  if (objection.code !== 'substitution' && objection.code !== 'placeholder') return undefined;
  const filled = replaced(text, objection, 'x');
  const read = understand(filled);
  if (!('objection' in read)) return read.usage;
  return read.usage ?? (repairs > 1 ? usageBehind(filled, read.objection, repairs - 1) : undefined);
}

function replaced(text: string, { span }: Objection, instead: string): string {
  return text.slice(0, span.start) + instead + text.slice(span.end);
}

/** A first line that holds nothing but the name of the program goes on in the next. */
function understandLines(text: string, lines: number): Understood | Misunderstood {
  const read = understand(text);
  if (lines === 0 || !('objection' in read)) return read;
  const { start } = read.objection.span;
  // Elsewhere a line that is not finished may be followed by a command of its own: nobody knows which was meant.
  if (!isLineBreak(text[start] ?? '') || unfinished(text.slice(0, start)) !== 'empty') return read;
  return understandLines(`${text.slice(0, start)} ${text.slice(start + 1)}`, lines - 1);
}

/** What is missing at the end of the command, if nothing else is wrong with it. */
function unfinished(text: string): RefusalCode | undefined {
  const read = understand(text);
  if (!('objection' in read)) return undefined;
  const { code, span } = read.objection;
  return span.start === span.end ? code : undefined;
}

function understand(text: string): Understood | Misunderstood {
  if (text.length > LONGEST_COMMAND) {
    const reason = `The command is ${text.length} characters long; at most ${LONGEST_COMMAND} are read.`;
    return { objection: { code: 'too-long', reason, span: { start: LONGEST_COMMAND, end: text.length } } };
  }
  const tokens = tokenise(text);
  const words = withoutProgram(tokens.words);
  if (isObjection(words)) return { objection: words };
  const end = tokens.words.at(-1)?.end ?? 0;
  return understandWords(text, tokens, words, end);
}

function understandWords(
  text: string,
  tokens: Tokens,
  words: readonly Word[],
  end: number,
): Understood | Misunderstood {
  const split = splitFlags(words);
  const found = findVerb(split.operands, end);
  const unread = tokens.objection ?? split.objection;
  if (isObjection(found)) {
    // The verb says more than a stray character behind it, unless the verb is not there yet or is not all there is.
    const open =
      found.span.start === found.span.end || (found.code === 'reads-only' && mayHoldAnotherCommand(text));
    return { objection: open && unread ? unread : found };
  }
  const { command, operands } = found;
  const usage = usageOf(command, operands);
  if (unread) return { objection: unread, usage };
  const flags = wrongKind(command, operands) ?? readFlags(split.flags, command);
  if (isObjection(flags)) return { objection: flags, usage };
  const assembled = assemble(command, operands, flags, end);
  if (isObjection(assembled)) return { objection: assembled, usage };
  const secret = secretIn(assembled.action, words);
  return secret ? { objection: secret, usage } : { ...assembled, usage };
}

/** The words after `kubectl`; the program is optional, but it must be that one. */
function withoutProgram(words: readonly Word[]): readonly Word[] | Objection {
  const [first] = words;
  if (!first) return words;
  const program = first.text.toLowerCase();
  if (program === 'kubectl' || program === 'k') return words.slice(1);
  const span = { start: first.start, end: first.end };
  if (program.endsWith('/kubectl') || program.endsWith('kubectl.exe')) {
    const reason = `Write "kubectl" without a path, or leave it out; ${quoted(first.text)} is not run.`;
    return { code: 'not-kubectl', reason, span, instead: 'kubectl' };
  }
  if (!program.startsWith('-') && program.includes('=')) {
    return {
      code: 'not-kubectl',
      reason: 'Environment variables have no effect here; leave them out.',
      span,
    };
  }
  return words;
}

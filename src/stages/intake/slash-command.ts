import type { Refusal } from '../../actions/grammar/refusal.ts';
import type { Request } from '../../domain/action.ts';
import { parseCommand } from './command.ts';
import { flagInReason } from './flag-in-reason.ts';
import { unwrapped } from './grammar/wrapping.ts';
import { splitReason } from './reason.ts';

/** What somebody asked for with `/remediate`. */
export type SlashCommand =
  | { readonly kind: 'help' | 'status' | 'history' }
  /** One remediation; without a number where `word` is none. */
  | { readonly kind: 'one'; readonly word: string; readonly number?: number }
  | {
      readonly kind: 'action';
      readonly action: Request;
      readonly notes: readonly string[];
      readonly reason?: string;
    }
  /** The refusal's places are places in `command`. */
  | { readonly kind: 'refused'; readonly command: string; readonly refusal: Refusal };

/**
 * Reads what follows `/remediate`: a word of its own for what is there already, or `<kubectl command> -- <reason>`.
 * Nothing at all asks for help. Never throws.
 */
export function readSlashCommand(text: string): SlashCommand {
  const [first = '', second] = unwrapped(text)
    .split(/\s/)
    .filter((part) => part !== '');
  // Phones begin a message with a capital; no kubectl command begins with one of these words.
  const word = first.toLowerCase();
  if (word === '' || (word === 'help' && second === undefined)) return { kind: 'help' };
  if (word === 'history') return { kind: 'history' };
  if (word === 'status') return second === undefined ? { kind: 'status' } : readNumber(second);
  return readAction(text);
}

/** `42` or `#42`. */
function readNumber(word: string): SlashCommand {
  return /^#?\d{1,9}$/.test(word)
    ? { kind: 'one', word, number: Number(word.replace('#', '')) }
    : { kind: 'one', word };
}

/** What is wrapped around the whole is taken off before the reason is split off; what is around the command, after. */
function readAction(text: string): SlashCommand {
  const { command: plain, reason } = splitReason(unwrapped(text));
  const command = text.slice(0, plain.length);
  const flag = reason === undefined ? undefined : flagInReason(text, plain, reason);
  if (flag) return { kind: 'refused', command: text.slice(0, flag.span.end), refusal: flag };
  const parsed = parseCommand(plain);
  if (parsed.kind === 'refused') return { kind: 'refused', command, refusal: parsed.refusal };
  const { action, notes } = parsed;
  return { kind: 'action', action, notes, ...(reason === undefined ? {} : { reason }) };
}

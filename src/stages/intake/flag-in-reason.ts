import { kindOf } from '../../actions/action-kinds.ts';
import { quoted } from '../../actions/grammar/display.ts';
import type { Refusal } from '../../actions/grammar/refusal.ts';
import { printAction } from '../../actions/print.ts';
import { parseCommand } from './command.ts';
import { longFlag, shortFlag } from './grammar/known-flags.ts';
import { unwrapped } from './grammar/wrapping.ts';
import { splitReason } from './reason.ts';

/** A first word that begins as a flag does: its dashes, its name, and whether it gives itself a value. */
const FIRST = /^([-\u2010-\u2015\u2212]{0,2})([A-Za-z][A-Za-z0-9-]{0,63})(=?)\S*/;

/** Flags in a reason that are looked at, each with a reading of the command: who writes more than that writes prose. */
const MOST_FLAGS = 6;

/** What may stand before a flag in prose, and behind it or its value. */
const OPENING = `(\\[{<"'\`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab`;
const CLOSING = `)\\]}>"'\`\u201c\u201d\u2018\u2019\u00bb.,;:!?\u2026`;

const INSIDE = new RegExp(`(?<=\\s[${OPENING}]{0,3}|^[${OPENING}]{1,3})-{1,2}[A-Za-z]\\S*`, 'g');
const OPENED = new RegExp(`(^|=)[${OPENING}]+`);
const CLOSED = new RegExp(`[${CLOSING}]+$`);

/**
 * Objects to a flag in a reason, as in `-- to-revision=3` or `-- they hang -n shop`: the command without it does something
 * else, on another namespace at worst. `text` is the command, the separator and the reason; the refusal's places are places
 * in it.
 */
export function flagInReason(text: string, command: string, reason: string): Refusal | undefined {
  return flagAtStart(text, command, reason) ?? flagInside(text, command, reason);
}

/** A flag with its dashes in the midst of a reason, with which the command would be another. */
function flagInside(text: string, command: string, reason: string): Refusal | undefined {
  const plain = unwrapped(command).trimEnd();
  const base = parseCommand(plain);
  const without = base.kind === 'action' ? printAction(base.action) : undefined;
  for (const found of [...reason.matchAll(INSIDE)].filter(isFlag).slice(0, MOST_FLAGS)) {
    const word = found[0].replace(CLOSED, '');
    const tries = readings(reason.slice(found.index)).map((words) => parseCommand(`${plain} ${words}`));
    const read = tries.find(({ kind }) => kind === 'action');
    const meant = read?.kind === 'action' ? printAction(read.action) : undefined;
    if (meant === undefined || meant === without) continue;
    const start = text.indexOf(reason, command.length) + found.index;
    const sentence = `A lone "--" starts the reason, and ${quoted(word)} in it is a flag of the command; write the flag before the "--".`;
    return {
      code: 'unknown-flag',
      reason: sentence,
      span: { start, end: start + word.length },
      nearest: meant,
    };
  }
  return undefined;
}

/** What may be the flag with its value, without what prose has around it; and as it stands, where that belongs to the value. */
function readings(text: string): readonly string[] {
  const [flag = '', value = ''] = text.split(/\s+/);
  // What is closed right behind the flag has no value.
  const pairs = CLOSED.test(flag) ? [[flag]] : [[flag, value], [flag]];
  return pairs.flatMap((words) => [
    words.map((word) => word.replace(OPENED, '$1').replace(CLOSED, '')).join(' '),
    words.join(' ').replace(/[.,;)]+$/, ''),
  ]);
}

/** `--namespace=shop`, `-n`, `-nshop`. */
function isFlag([word]: RegExpMatchArray): boolean {
  const [, dashes = '', name = ''] = /^(-{1,2})([A-Za-z0-9-]+)/.exec(word) ?? [];
  return dashes === '--' ? longFlag(name) !== undefined : shortFlag(name.slice(0, 1)) !== undefined;
}

/**
 * A word without dashes or a value is one only where the command becomes another with it; `-- wait for me` is a reason.
 */
function flagAtStart(text: string, command: string, reason: string): Refusal | undefined {
  const [first = '', dashes = '', name = '', equals = ''] = FIRST.exec(reason) ?? [];
  const short = dashes !== '' && !longFlag(name) && shortFlag(name.length > 1 ? '' : name) !== undefined;
  if (!short && !longFlag(name) && dashes.length < 2) return undefined;
  const plain = unwrapped(command).trimEnd();
  const flags = splitReason(reason.slice(dashes.length)).command;
  const meant = withFlags(plain, short ? '-' : '--', flags);
  if (dashes === '' && equals === '' && !changes(plain, name, reason, meant)) return undefined;
  const span = {
    start: command.length + text.slice(command.length).search(/\S/),
    end: text.indexOf(reason, command.length) + first.length,
  };
  const sentence = `A lone "--" starts the reason, and ${quoted(first)} is a flag; write the flag without a blank before it, and the reason behind another "--".`;
  return { code: 'unknown-flag', reason: sentence, span, ...(meant === undefined ? {} : { nearest: meant }) };
}

/** The command with what stands behind the separator: all of it, else its first words. */
function withFlags(command: string, dashes: string, flags: string): string | undefined {
  const words = flags.split(/\s+/);
  const tries = [flags, ...[1, 2].map((count) => words.slice(0, count).join(' '))];
  const read = tries.map((part) => parseCommand(`${command} ${dashes}${part}`));
  const [good] = read.flatMap((parsed) => (parsed.kind === 'action' ? [printAction(parsed.action)] : []));
  const near = read[1]?.kind === 'refused' ? read[1].refusal.nearest : undefined;
  return good ?? near;
}

/** Whether bare words are flags: all of them make another command, or the only one belongs to this command. */
function changes(command: string, name: string, reason: string, meant: string | undefined): boolean {
  const whole = parseCommand(`${command} --${splitReason(reason).command}`);
  const base = parseCommand(command);
  if (whole.kind === 'action') return base.kind === 'refused' || meant !== printAction(base.action);
  const typed = base.kind === 'action' ? kindOf(base.action.verb).command.words.join(' ') : undefined;
  return typed !== undefined && reason === name && longFlag(name)?.own.has(typed) === true;
}

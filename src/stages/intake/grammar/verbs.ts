import { allCommands } from '../../../actions/commands.ts';
import { either, quoted } from '../../../actions/grammar/display.ts';
import type { Objection } from '../../../actions/grammar/refusal.ts';
import type { Word } from '../../../actions/grammar/word.ts';
import { nearestWord } from '../../../domain/text/nearest.ts';
import { kindIn } from './kinds.ts';
import { otherVerb } from './other-verbs.ts';
import { type TypedCommand, typedCommands } from './typed-commands.ts';

const BY_FIRST_WORD: ReadonlyMap<string, readonly TypedCommand[]> = Map.groupBy(
  typedCommands,
  ({ words }) => words[0],
);

/** Every word that a verb has. */
export const VERB_WORDS: readonly string[] = typedCommands.flatMap(({ words }) => [...words]);

/** Whether a command of kubectl, or one of Firebreak's own, begins with this word. */
export function startsCommand(first: string): boolean {
  const word = first.toLowerCase();
  if (word === 'kubectl' || word === 'k') return true;
  return BY_FIRST_WORD.has(word) || otherVerb(word) !== undefined;
}

export interface FoundVerb {
  readonly command: TypedCommand;
  /** What follows the verb, flags taken out. */
  readonly operands: readonly Word[];
}

/** Reads the verb from the words that are not flags. `end` is where a missing word would have stood. */
export function findVerb(operands: readonly Word[], end: number): FoundVerb | Objection {
  const [first, second] = operands;
  if (!first)
    return {
      code: 'empty',
      reason: `No command given. Firebreak can ${closedSet()}.`,
      span: { start: end, end },
    };
  const firstText = first.text.toLowerCase();
  const choices = BY_FIRST_WORD.get(firstText) ?? [];
  const command = choices.find(
    ({ words }) => words[1] === undefined || words[1] === second?.text.toLowerCase(),
  );
  if (command) {
    const following = operands.slice(command.words.length);
    return otherWords(command, first, following[0]) ?? { command, operands: following };
  }
  const known = otherVerb(firstText, second?.text.toLowerCase());
  if (known) {
    const last = known.words === firstText ? first : (second ?? first);
    return { code: known.group, reason: known.sentence, span: { start: first.start, end: last.end } };
  }
  return choices.length > 0 ? unknownSecond(first, second, choices) : unknownFirst(first);
}

/** `resume deployment/web`: the words that kubectl has for it are others. */
function otherWords(command: TypedCommand, first: Word, object: Word | undefined): Objection | undefined {
  const kind = kindIn(object);
  const instead = kind === undefined ? undefined : command.of(kind).otherWords[kind];
  if (instead === undefined) return undefined;
  const reason = `"${command.name}" works on ${either(command.kinds)}; for a ${kind} it is "${instead}".`;
  return { code: 'kind-not-allowed', reason, span: { start: first.start, end: first.end }, instead };
}

function unknownFirst(first: Word): Objection {
  const text = first.text.toLowerCase();
  const span = { start: first.start, end: first.end };
  if (text === 'help') return { code: 'help', reason: `Firebreak can ${closedSet()}.`, span };
  const near = nearestWord(text, VERB_WORDS);
  const meant = near === undefined ? undefined : (bySecondWord(near)?.name ?? near);
  const reason = `${quoted(first.text)} is not a command. Firebreak can ${closedSet()}.`;
  return { code: 'unknown-verb', reason, span, instead: meant };
}

/** The command whose second word this is, unless it is a first word too. */
function bySecondWord(word: string): TypedCommand | undefined {
  return BY_FIRST_WORD.has(word) ? undefined : typedCommands.find(({ words }) => words[1] === word);
}

function unknownSecond(first: Word, second: Word | undefined, commands: readonly TypedCommand[]): Objection {
  const choices = commands.flatMap(({ words }) => words.slice(1));
  const expected = `"${first.text.toLowerCase()}" is followed by ${either(choices)}`;
  if (!second)
    return { code: 'unknown-verb', reason: `${expected}.`, span: { start: first.end, end: first.end } };
  return {
    code: 'unknown-verb',
    reason: `${expected}, not by ${quoted(second.text)}.`,
    span: { start: second.start, end: second.end },
    instead: nearestWord(second.text.toLowerCase(), choices),
  };
}

/** `rollout restart, undo, pause or resume; scale; ...`: all of them, short enough to be read. */
function closedSet(): string {
  const verbs = allCommands.map(({ verb }) => verb.split(' '));
  const sets = [...Map.groupBy(verbs, ([first = '']) => first)].map(([first, all]) =>
    [first, either(all.flatMap(([, ...others]) => others))].join(' ').trim(),
  );
  return sets.join('; ');
}

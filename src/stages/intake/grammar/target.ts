import type { Named } from '../../../actions/grammar/details.ts';
import { either, quoted } from '../../../actions/grammar/display.ts';
import type { Flag } from '../../../actions/grammar/flag.ts';
import type { Objection, RefusalCode } from '../../../actions/grammar/refusal.ts';
import { isObjection } from '../../../actions/grammar/refusal.ts';
import { partOf, type Word } from '../../../actions/grammar/word.ts';
import type { TargetKind } from '../../../domain/action.ts';
import { mostTargets, objectName } from '../../../domain/action.ts';
import { nearestWord } from '../../../domain/text/nearest.ts';
import { kindNamed, kindWords, whyNotTarget } from './kinds.ts';
import { longFlag } from './known-flags.ts';
import { readSelector } from './selector.ts';
import type { TypedCommand } from './typed-commands.ts';

/** One object, and the word that names it. */
interface Mention {
  readonly kind: TargetKind;
  readonly name: string;
  readonly word: Word;
}

const ONE_NODE =
  'One node at a time: what is left when the second goes can only be judged when the first has gone.';

/**
 * Reads what a command names, as cli-runtime's resource builder does (builder.go, ResourceTypeOrNameArgs and
 * ResourceNames): `deploy/x`, `deploy/x deploy/y`, `deployment x y`, `deployment -l app=x`, or for nodes `x` and
 * `node/x`. `end` is where a missing word would have stood.
 */
export function readTarget(
  command: TypedCommand,
  operands: readonly Word[],
  selector: Flag | undefined,
  end: number,
): Named | Objection {
  const joined = operands.find(({ text }) => text.includes(','));
  if (joined)
    return objection(
      'several-targets',
      joined,
      'A comma lists several; a command takes one kind, and its names one after the other.',
    );
  if (selector) return readSelected(command, operands, selector, end);
  const mentions = readMentions(command, operands, end);
  if (isObjection(mentions)) return mentions;
  const [first, second] = mentions;
  if (!second) return { kind: first.kind, name: first.name };
  return together(command, mentions);
}

/**
 * Objects to a kind for which no flag could make the command right, before the flags are looked at: what is wrong with
 * `delete pvc --all` is not first its flag.
 */
export function wrongKind(command: TypedCommand, operands: readonly Word[]): Objection | undefined {
  const [first] = operands;
  if (!first || command.names === 'node' || typeof command.names !== 'string' || first.text.includes(','))
    return undefined;
  const slash = first.text.indexOf('/');
  return notAllowed(command, slash === -1 ? first : partOf(first, 0, slash));
}

/** Every object that is named; at least one. */
function readMentions(
  command: TypedCommand,
  operands: readonly Word[],
  end: number,
): readonly [Mention, ...Mention[]] | Objection {
  const [first, ...others] = operands;
  if (!first) return missing(command, end);
  if (first.text.includes('/')) return eachNamed(first, others, (word) => readPair(command, word));
  if (command.names === 'node') {
    const [second] = others;
    if (second && kindNamed(first.text) === 'Node') return kindBeforeNode(first);
    return eachNamed(first, others, (word) => named('Node', word, word.text));
  }
  const [name, ...more] = others;
  const kind = readKind(command, first, name ? undefined : `${command.kinds[0]}/${first.text}`);
  if (typeof kind !== 'string') return kind;
  if (!name) return nameMissing(command, first);
  return eachNamed(name, more, (word) =>
    word.text.includes('/') ? extra(word) : named(kind, word, word.text),
  );
}

function eachNamed(
  first: Word,
  others: readonly Word[],
  read: (word: Word) => Mention | Objection,
): readonly [Mention, ...Mention[]] | Objection {
  const mention = read(first);
  if (isObjection(mention)) return mention;
  const mentions: [Mention, ...Mention[]] = [mention];
  for (const word of others) {
    const next = read(word);
    if (isObjection(next)) return next;
    if (mentions.length === mostTargets) return objection('several-targets', word, TOO_MANY);
    mentions.push(next);
  }
  return mentions;
}

/** Several objects: only of one kind, each once, for a verb that can be carried out on them one after the other. */
function together(
  command: TypedCommand,
  [first, ...others]: readonly [Mention, ...Mention[]],
): Named | Objection {
  const [second] = others;
  if (second && first.kind === 'Node') return objection('several-targets', second.word, ONE_NODE);
  if (second && command.names !== 'several')
    return objection('several-targets', second.word, oneOnly(command));
  const names = new Set([first.name]);
  for (const { kind, name, word } of others) {
    if (kind !== first.kind) {
      const reason = `All objects of a command are of one kind; this is a ${kind}, the first a ${first.kind}.`;
      return objection('several-targets', word, reason);
    }
    if (names.has(name)) {
      return { ...objection('extra-word', word, `${quoted(name)} is named twice.`), instead: '' };
    }
    names.add(name);
  }
  return { kind: first.kind, names: [...names] };
}

const TOO_MANY = `At most ${mostTargets} objects in one command; more is a change to plan, not a repair to click.`;

const oneOnly = ({ name }: TypedCommand): string =>
  `"${name}" takes exactly one object; send one command for each.`;

/** `deployment -l app=web`. A name beside a selector is refused as kubectl does. */
function readSelected(
  command: TypedCommand,
  operands: readonly Word[],
  flag: Flag,
  end: number,
): Named | Objection {
  const here = (reason: string): Objection => ({ code: 'several-targets', reason, span: flag.span });
  if (command.names === 'node') return here(ONE_NODE);
  if (command.names !== 'several') return here(oneOnly(command));
  const [first, second] = operands;
  if (!first) return missing(command, end);
  if (second || first.text.includes('/')) {
    return here('A name cannot be given together with a selector; give one of them.');
  }
  const kind = readKind(command, first, undefined);
  if (typeof kind !== 'string') return kind;
  if (kind === 'Node') return here(ONE_NODE);
  const selector = readSelector(flag);
  return isObjection(selector) ? selector : { kind, selector: selector.text };
}

/** `deployment/web` in one word. */
function readPair(command: TypedCommand, word: Word): Mention | Objection {
  if (!word.text.includes('/')) return withoutDashes(command, word) ?? extra(word);
  const slash = word.text.indexOf('/');
  const name = word.text.slice(slash + 1);
  if (slash === 0 || name === '' || name.includes('/')) {
    return objection('bad-name', word, `${quoted(word.text)} is not KIND/NAME.`);
  }
  const kind = readKind(command, partOf(word, 0, slash), undefined);
  return typeof kind === 'string' ? named(kind, word, name) : kind;
}

/** `meant`: what a word that stands alone is taken for, where it is like no kind. */
function readKind(command: TypedCommand, word: Word, meant: string | undefined): TargetKind | Objection {
  const { text } = word;
  const other = notAllowed(command, word);
  if (other !== undefined) return other;
  const kind = kindNamed(text);
  if (kind !== undefined) return kind;
  const reason = `${quoted(text)} is no kind that Firebreak acts on; "${command.name}" works on ${either(command.kinds)}.`;
  const instead = nearestWord(text.toLowerCase(), kindWords) ?? meant;
  return { ...objection('unknown-kind', word, reason), instead };
}

/** Objects to a kind that Kubernetes has and the command does not take. */
function notAllowed(command: TypedCommand, word: Word): Objection | undefined {
  const kind = kindNamed(word.text);
  const works = `"${command.name}" works on ${either(command.kinds)}`;
  if (kind === undefined) {
    const why = whyNotTarget(word.text);
    return why === undefined ? undefined : objection('kind-not-allowed', word, `${works}. ${why}`);
  }
  if (command.kinds.includes(kind)) return undefined;
  const reason = `${works}, not on ${kind}.${command.of(kind).whyNot(kind)}`;
  return objection('kind-not-allowed', word, reason);
}

function named(kind: TargetKind, word: Word, name: string): Mention | Objection {
  if (objectName.safeParse(name).success) return { kind, name, word };
  if (/^-+$/.test(name)) return objection('bad-name', word, `${quoted(name)} is no name. ${BEHIND_DASHES}`);
  const rule = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
  return objection('bad-name', word, `${quoted(name)} is not a Kubernetes name: ${rule}.`);
}

function missing(command: TypedCommand, end: number): Objection {
  const reason = `"${command.name}" needs the ${either(command.kinds)} it is for.`;
  return { code: 'missing-target', reason, span: { start: end, end } };
}

/** kubectl restarts every Deployment of a namespace when the name is left out; here a name is never optional. */
function nameMissing(command: TypedCommand, kind: Word): Objection {
  const reason = `A name is missing after ${quoted(kind.text)}; "${command.name}" never takes all of a kind.`;
  return { code: 'missing-target', reason, span: { start: kind.end, end: kind.end } };
}

/** `replicas=3`, and a lone number where a flag takes one: left out, the command would do something else. */
function withoutDashes({ name }: TypedCommand, word: Word): Objection | undefined {
  const flag = /^([a-z-]+)=./.exec(word.text)?.[1];
  const numbered = /^\d+$/.test(word.text) ? counting.find((each) => belongs(each, name)) : undefined;
  const meant = flag !== undefined && belongs(flag, name) ? `--${word.text}` : undefined;
  const instead = numbered === undefined ? meant : `--${numbered}=${word.text}`;
  if (instead === undefined) return undefined;
  return {
    ...objection('extra-word', word, `${quoted(word.text)} needs its flag: write ${quoted(instead)}.`),
    instead,
  };
}

const counting = ['replicas', 'to-revision'] as const;

const belongs = (flag: string, command: string): boolean => longFlag(flag)?.own.has(command) === true;

const BEHIND_DASHES = 'A reason stands behind " -- ".';

function extra(word: Word): Objection {
  const reason = word.text.includes('/')
    ? 'Names follow one word for the kind, or each is KIND/NAME; not both.'
    : `${quoted(word.text)} is one word too many here. ${BEHIND_DASHES}`;
  return { ...objection('extra-word', word, reason), ...(FILLERS.test(word.text) ? { instead: '' } : {}) };
}

/** Words that can be left out of the midst of a command; any other may be what makes it another one, as in `by 2`. */
const FILLERS = /^(?:to|the|please|pls|now|rev|revision|replicas|pods|=)$/i;

/** `cordon node x`: kubectl itself would look for two nodes, one of them called "node". */
function kindBeforeNode(word: Word): Objection {
  const reason = 'This command takes the name of a node without the word for its kind.';
  return { ...objection('extra-word', word, reason), instead: '' };
}

function objection(code: RefusalCode, word: Word, reason: string): Objection {
  return { code, reason, span: { start: word.start, end: word.end } };
}

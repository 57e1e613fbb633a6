import type { TargetKind } from '../../../domain/action.ts';
import { mostTargets, objectName, scalableKinds } from '../../../domain/action.ts';
import { nearestWord } from '../../../domain/text/nearest.ts';
import { either, quoted } from './display.ts';
import type { Flag } from './flags.ts';
import { kindNamed, kindWords, whyNotTarget } from './kinds.ts';
import type { Objection, RefusalCode } from './refusal.ts';
import { isObjection } from './refusal.ts';
import { readSelector } from './selector.ts';
import type { Word } from './tokenise.ts';
import { partOf } from './tokenise.ts';
import type { VerbRule } from './verbs.ts';

/** What a command acts on, still without its namespace. */
export type Named =
  | { readonly kind: TargetKind; readonly name: string }
  | { readonly kind: TargetKind; readonly names: readonly string[] }
  | { readonly kind: TargetKind; readonly selector: string };

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
  rule: VerbRule,
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
  if (selector) return readSelected(rule, operands, selector, end);
  const mentions = readMentions(rule, operands, end);
  if (isObjection(mentions)) return mentions;
  const [first, second] = mentions;
  if (!second) return { kind: first.kind, name: first.name };
  return together(rule, mentions);
}

/**
 * Objects to a kind for which no flag could make the command right, before the flags are looked at: what is wrong with
 * `delete pvc --all` is not first its flag.
 */
export function wrongKind(rule: VerbRule, operands: readonly Word[]): Objection | undefined {
  const [first] = operands;
  if (!first || rule.names === 'node' || rule.names === 'new' || first.text.includes(',')) return undefined;
  const slash = first.text.indexOf('/');
  const kind = readKind(rule, slash < 0 ? first : partOf(first, 0, slash), undefined);
  return typeof kind === 'string' || kind.instead !== undefined || kind.code !== 'kind-not-allowed'
    ? undefined
    : kind;
}

/** Every object that is named; at least one. */
function readMentions(
  rule: VerbRule,
  operands: readonly Word[],
  end: number,
): readonly [Mention, ...Mention[]] | Objection {
  const [first, ...others] = operands;
  if (!first) return missing(rule, end);
  if (first.text.includes('/')) return eachNamed(first, others, (word) => readPair(rule, word));
  if (rule.names === 'node') {
    const [second] = others;
    if (second && kindNamed(first.text) === 'Node') return kindBeforeNode(first);
    return eachNamed(first, others, (word) => named('Node', word, word.text));
  }
  const [name, ...more] = others;
  const kind = readKind(rule, first, name ? undefined : first.text);
  if (typeof kind !== 'string') return kind;
  if (!name) return nameMissing(rule, first);
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
function together(rule: VerbRule, [first, ...others]: readonly [Mention, ...Mention[]]): Named | Objection {
  const [second] = others;
  if (second && first.kind === 'Node') return objection('several-targets', second.word, ONE_NODE);
  if (second && rule.names !== 'several') return objection('several-targets', second.word, oneOnly(rule));
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

const oneOnly = ({ command }: VerbRule): string =>
  `"${command}" takes exactly one object; send one command for each.`;

/** `deployment -l app=web`. A name beside a selector is refused as kubectl does. */
function readSelected(rule: VerbRule, operands: readonly Word[], flag: Flag, end: number): Named | Objection {
  const here = (reason: string): Objection => ({ code: 'several-targets', reason, span: flag.span });
  if (rule.names === 'node') return here(ONE_NODE);
  if (rule.names !== 'several') return here(oneOnly(rule));
  const [first, second] = operands;
  if (!first) return missing(rule, end);
  if (second || first.text.includes('/')) {
    return here('A name cannot be given together with a selector; give one of them.');
  }
  const kind = readKind(rule, first, undefined);
  if (typeof kind !== 'string') return kind;
  if (kind === 'Node') return here(ONE_NODE);
  const selector = readSelector(flag);
  return isObjection(selector) ? selector : { kind, selector: selector.text };
}

/** `deployment/web` in one word. */
function readPair(rule: VerbRule, word: Word): Mention | Objection {
  if (!word.text.includes('/')) return extra(word);
  const [kindText = '', name = '', more] = word.text.split('/', 3);
  if (more !== undefined || kindText === '' || name === '') {
    return objection('bad-name', word, `${quoted(word.text)} is not KIND/NAME.`);
  }
  const kind = readKind(rule, partOf(word, 0, kindText.length), undefined);
  return typeof kind === 'string' ? named(kind, word, name) : kind;
}

/** `lonely`: the word when it stands alone, where a name may have been meant. */
function readKind(rule: VerbRule, word: Word, lonely: string | undefined): TargetKind | Objection {
  const { text } = word;
  const kind = kindNamed(text);
  if (kind !== undefined && rule.kinds.includes(kind)) return kind;
  if (kind !== undefined) {
    const reason = `"${rule.command}" works on ${either(rule.kinds)}, not on ${kind}.${whyNotDeleted(rule, kind)}`;
    return objection('kind-not-allowed', word, reason);
  }
  const why = whyNotTarget(text);
  if (why !== undefined)
    return objection('kind-not-allowed', word, `"${rule.command}" works on ${either(rule.kinds)}. ${why}`);
  const near = nearestWord(text.toLowerCase(), kindWords);
  const instead = near ?? (lonely === undefined ? undefined : `${rule.kinds[0]?.toLowerCase()}/${lonely}`);
  const reason = `${quoted(text)} is no kind that Firebreak acts on; "${rule.command}" works on ${either(rule.kinds)}.`;
  return { ...objection('unknown-kind', word, reason), ...(instead === undefined ? {} : { instead }) };
}

/** What is gone has to be built again; for most there is a way to stop them that can be taken back. */
function whyNotDeleted({ command }: VerbRule, kind: TargetKind): string {
  if (command !== 'delete') return '';
  const instead = scalableKinds.some((each) => each === kind)
    ? '; "scale" to 0 stops it'
    : kind === 'CronJob'
      ? '; "suspend" stops it'
      : '';
  return ` What is deleted cannot be brought back as it was${instead}.`;
}

function named(kind: TargetKind, word: Word, name: string): Mention | Objection {
  if (objectName.safeParse(name).success) return { kind, name, word };
  const rule = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
  return objection('bad-name', word, `${quoted(name)} is not a Kubernetes name: ${rule}.`);
}

function missing(rule: VerbRule, end: number): Objection {
  const reason = `"${rule.command}" needs the ${either(rule.kinds)} it is for.`;
  return { code: 'missing-target', reason, span: { start: end, end } };
}

/** kubectl restarts every Deployment of a namespace when the name is left out; here a name is never optional. */
function nameMissing(rule: VerbRule, kind: Word): Objection {
  const reason = `A name is missing after ${quoted(kind.text)}; "${rule.command}" never takes all of a kind.`;
  return { code: 'missing-target', reason, span: { start: kind.end, end: kind.end } };
}

function extra(word: Word): Objection {
  const reason = word.text.includes('/')
    ? 'Names follow one word for the kind, or each is KIND/NAME; not both.'
    : `${quoted(word.text)} is one word too many here.`;
  return { ...objection('extra-word', word, reason), instead: '' };
}

/** `cordon node x`: kubectl itself would look for two nodes, one of them called "node". */
function kindBeforeNode(word: Word): Objection {
  const reason = 'This command takes the name of a node without the word for its kind.';
  return { ...objection('extra-word', word, reason), instead: '' };
}

function objection(code: RefusalCode, word: Word, reason: string): Objection {
  return { code, reason, span: { start: word.start, end: word.end } };
}

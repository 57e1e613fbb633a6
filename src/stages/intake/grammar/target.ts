import type { TargetKind } from '../../../domain/action.ts';
import { objectName } from '../../../domain/action.ts';
import { nearestWord } from '../../../domain/nearest.ts';
import { either, quoted } from './display.ts';
import { kindNamed, kindWords, whyNotTarget } from './kinds.ts';
import type { Objection, RefusalCode } from './refusal.ts';
import type { Word } from './tokenise.ts';
import type { VerbRule } from './verbs.ts';

export interface NamedObject {
  readonly kind: TargetKind;
  readonly name: string;
}

/**
 * Reads the one object a command names: `deploy/x`, `deployment x`, or for nodes `x` and `node/x`, as cli-runtime's
 * resource builder does (builder.go, ResourceTypeOrNameArgs and ResourceNames), but never several at once.
 * `end` is where a missing word would have stood.
 */
export function readTarget(rule: VerbRule, operands: readonly Word[], end: number): NamedObject | Objection {
  const [first, second, third] = operands;
  if (!first) return missing(rule, end);
  const joined = operands.find(({ text }) => text.includes(','));
  if (joined) return objection('several-targets', joined, 'A comma lists several objects; name exactly one.');
  if (first.text.includes('/')) return second ? extraAfterPair(second) : readPair(rule, first);
  if (rule.kinds[0] === 'Node') return second ? extraNode(first, second) : named('Node', first, first.text);
  const kind = readKind(rule, first, first.text, second ? undefined : first.text);
  if (typeof kind !== 'string') return kind;
  if (!second) return nameMissing(rule, first);
  if (second.text.includes('/')) return extraAfterPair(second);
  if (third)
    return objection(
      'several-targets',
      third,
      'Each command names exactly one object; send one command for each.',
    );
  return named(kind, second, second.text);
}

/** `deployment/web` in one word. */
function readPair(rule: VerbRule, word: Word): NamedObject | Objection {
  const [kindText = '', name = '', more] = word.text.split('/', 3);
  if (more !== undefined || kindText === '' || name === '') {
    return objection('bad-name', word, `${quoted(word.text)} is not KIND/NAME.`);
  }
  const kind = readKind(rule, { ...word, end: wordEnd(word, kindText) }, kindText);
  return typeof kind === 'string' ? named(kind, word, name) : kind;
}

/** Where the kind ends inside `deploy/x`; with quotes in the word the places no longer match, so all of it. */
function wordEnd(word: Word, kindText: string): number {
  return word.end - word.start === word.text.length ? word.start + kindText.length : word.end;
}

function readKind(rule: VerbRule, word: Word, text: string, lonely?: string): TargetKind | Objection {
  const kind = kindNamed(text);
  if (kind !== undefined && rule.kinds.includes(kind)) return kind;
  if (kind !== undefined) {
    return objection(
      'kind-not-allowed',
      word,
      `"${rule.verb}" works on ${either(rule.kinds)}, not on ${kind}.`,
    );
  }
  const why = whyNotTarget(text);
  if (why !== undefined)
    return objection('kind-not-allowed', word, `"${rule.verb}" works on ${either(rule.kinds)}. ${why}`);
  const near = nearestWord(text.toLowerCase(), kindWords);
  const instead = near ?? (lonely === undefined ? undefined : `${rule.kinds[0]?.toLowerCase()}/${lonely}`);
  const reason = `${quoted(text)} is no kind that Firebreak acts on; "${rule.verb}" works on ${either(rule.kinds)}.`;
  return { ...objection('unknown-kind', word, reason), ...(instead === undefined ? {} : { instead }) };
}

function named(kind: TargetKind, word: Word, name: string): NamedObject | Objection {
  if (objectName.safeParse(name).success) return { kind, name };
  const rule = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
  return objection('bad-name', word, `${quoted(name)} is not a Kubernetes name: ${rule}.`);
}

function missing(rule: VerbRule, end: number): Objection {
  const reason = `"${rule.verb}" needs the one ${either(rule.kinds)} it is for.`;
  return { code: 'missing-target', reason, span: { start: end, end } };
}

/** kubectl restarts every Deployment of a namespace when the name is left out; here a name is never optional. */
function nameMissing(rule: VerbRule, kind: Word): Objection {
  const reason = `A name is missing after ${quoted(kind.text)}; "${rule.verb}" takes exactly one object.`;
  return { code: 'missing-target', reason, span: { start: kind.end, end: kind.end } };
}

function extraAfterPair(word: Word): Objection {
  if (word.text.includes('/')) {
    return objection(
      'several-targets',
      word,
      'Each command names exactly one object; send one command for each.',
    );
  }
  return { ...objection('extra-word', word, `${quoted(word.text)} is one word too many here.`), instead: '' };
}

/** `cordon node x`: kubectl itself would look for two nodes, one of them called "node". */
function extraNode(first: Word, second: Word): Objection {
  if (kindNamed(first.text) === 'Node') {
    return {
      ...objection(
        'extra-word',
        first,
        'This command takes the name of a node without the word for its kind.',
      ),
      instead: '',
    };
  }
  return objection(
    'several-targets',
    second,
    'Each command names exactly one object; send one command for each.',
  );
}

function objection(code: RefusalCode, word: Word, reason: string): Objection {
  return { code, reason, span: { start: word.start, end: word.end } };
}

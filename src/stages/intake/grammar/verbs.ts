import type { TargetKind, Verb } from '../../../domain/action.ts';
import { nearestWord } from '../../../domain/nearest.ts';
import { either, quoted } from './display.ts';
import type { UsedFlag } from './flag-table.ts';
import { otherVerb } from './other-verbs.ts';
import type { Objection } from './refusal.ts';
import type { Word } from './tokenise.ts';

/** One supported command: how it is typed, what it acts on, and the form shown when somebody gets it wrong. */
export interface VerbRule {
  readonly verb: Verb;
  readonly words: readonly [string] | readonly [string, string];
  /** The kinds it acts on; a single kind `Node` is named without its kind (`kubectl cordon NAME`). */
  readonly kinds: readonly TargetKind[];
  readonly needs?: UsedFlag;
  readonly usage: string;
}

const ROLLOUT_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/**
 * The closed set, with the kinds that kubectl allows: `polymorphichelpers` objectrestarter.go and rollback.go for
 * restart and undo, objectpauser.go for pause and resume; scale leaves out ReplicaSets, which a Deployment would
 * scale back, and set image leaves out pods for the same reason.
 */
const VERBS: readonly VerbRule[] = [
  {
    verb: 'rollout restart',
    words: ['rollout', 'restart'],
    kinds: ROLLOUT_KINDS,
    usage: 'kubectl rollout restart deployment/NAME -n NAMESPACE',
  },
  {
    verb: 'rollout undo',
    words: ['rollout', 'undo'],
    kinds: ROLLOUT_KINDS,
    usage: 'kubectl rollout undo deployment/NAME --to-revision=REVISION -n NAMESPACE',
  },
  {
    verb: 'rollout pause',
    words: ['rollout', 'pause'],
    kinds: ['Deployment'],
    usage: 'kubectl rollout pause deployment/NAME -n NAMESPACE',
  },
  {
    verb: 'rollout resume',
    words: ['rollout', 'resume'],
    kinds: ['Deployment'],
    usage: 'kubectl rollout resume deployment/NAME -n NAMESPACE',
  },
  {
    verb: 'scale',
    words: ['scale'],
    kinds: ['Deployment', 'StatefulSet'],
    needs: 'replicas',
    usage: 'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
  },
  {
    verb: 'set image',
    words: ['set', 'image'],
    kinds: ROLLOUT_KINDS,
    usage: 'kubectl set image deployment/NAME CONTAINER=IMAGE -n NAMESPACE',
  },
  { verb: 'delete pod', words: ['delete'], kinds: ['Pod'], usage: 'kubectl delete pod NAME -n NAMESPACE' },
  { verb: 'cordon', words: ['cordon'], kinds: ['Node'], usage: 'kubectl cordon NAME' },
  { verb: 'uncordon', words: ['uncordon'], kinds: ['Node'], usage: 'kubectl uncordon NAME' },
];

/** The form shown when somebody gets the verb right and the rest wrong; capitals mark what to fill in. */
export function usageOf(verb: Verb): string | undefined {
  return VERBS.find((rule) => rule.verb === verb)?.usage;
}

export interface FoundVerb {
  readonly rule: VerbRule;
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
  const rules = VERBS.filter(({ words }) => words[0] === firstText);
  const rule = rules.find(({ words }) => words[1] === undefined || words[1] === second?.text.toLowerCase());
  if (rule) return { rule, operands: operands.slice(rule.words.length) };
  const known = otherVerb(firstText, second?.text.toLowerCase() ?? '');
  if (known) {
    const span = {
      start: first.start,
      end: known.words === firstText ? first.end : (second?.end ?? first.end),
    };
    return { code: known.group, reason: known.sentence, span };
  }
  return rules.length > 0 ? unknownSecond(first, second, rules) : unknownFirst(first);
}

function unknownFirst(first: Word): Objection {
  const text = first.text.toLowerCase();
  const span = { start: first.start, end: first.end };
  if (text === 'help') return { code: 'help', reason: `Firebreak can ${closedSet()}.`, span };
  const near = nearestWord(
    text,
    VERBS.flatMap(({ words }) => [...words]),
  );
  const meant =
    near === undefined ? undefined : (VERBS.find(({ words }) => words[1] === near)?.words.join(' ') ?? near);
  const reason = `${quoted(first.text)} is not a command. Firebreak can ${closedSet()}.`;
  return { code: 'unknown-verb', reason, span, ...(meant === undefined ? {} : { instead: meant }) };
}

function unknownSecond(first: Word, second: Word | undefined, rules: readonly VerbRule[]): Objection {
  const choices = rules.map(({ words }) => words[1] ?? '');
  const expected = `"${first.text.toLowerCase()}" is followed by ${either(choices)}`;
  if (!second)
    return { code: 'unknown-verb', reason: `${expected}.`, span: { start: first.end, end: first.end } };
  const near = nearestWord(second.text.toLowerCase(), choices);
  return {
    code: 'unknown-verb',
    reason: `${expected}, not by ${quoted(second.text)}.`,
    span: { start: second.start, end: second.end },
    ...(near === undefined ? {} : { instead: near }),
  };
}

function closedSet(): string {
  return either(VERBS.map(({ verb }) => verb));
}

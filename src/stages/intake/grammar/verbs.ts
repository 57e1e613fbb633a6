import type { TargetKind } from '../../../domain/action.ts';
import { labelledKinds, rolloutKinds, scalableKinds } from '../../../domain/action.ts';
import { patchableKinds } from '../../../domain/patchable.ts';
import { nearestWord } from '../../../domain/text/nearest.ts';
import type { CommandName } from './command-name.ts';
import { either, quoted } from './display.ts';
import type { UsedFlag } from './flag-table.ts';
import { kindNamed } from './kinds.ts';
import { otherVerb } from './other-verbs.ts';
import type { Objection } from './refusal.ts';
import type { Word } from './tokenise.ts';

/** One supported command: how it is typed, what it acts on, and the form shown when somebody gets it wrong. */
export interface VerbRule {
  readonly command: CommandName;
  readonly words: readonly [string] | readonly [string, string];
  readonly kinds: readonly TargetKind[];
  /**
   * How its objects are named: one; several or by selector; a node without the word for its kind; by the new object's
   * name, while a flag names what it comes from.
   */
  readonly names: 'one' | 'several' | 'node' | 'new';
  readonly needs?: UsedFlag;
  readonly usage: string;
  /** The form for kinds for which it is another one. */
  readonly usages?: Readonly<Partial<Record<TargetKind, string>>>;
}

/**
 * The closed set, with the kinds that kubectl allows: `polymorphichelpers` objectrestarter.go and rollback.go for
 * restart and undo, objectpauser.go for pause and resume; scale leaves out ReplicaSets, which a Deployment would
 * scale back, and the set commands leave out pods for the same reason.
 */
const VERBS: readonly VerbRule[] = [
  {
    command: 'rollout restart',
    words: ['rollout', 'restart'],
    kinds: rolloutKinds,
    names: 'several',
    usage: 'kubectl rollout restart deployment/NAME -n NAMESPACE',
  },
  {
    command: 'rollout undo',
    words: ['rollout', 'undo'],
    kinds: rolloutKinds,
    names: 'several',
    usage: 'kubectl rollout undo deployment/NAME --to-revision=REVISION -n NAMESPACE',
  },
  {
    command: 'rollout pause',
    words: ['rollout', 'pause'],
    kinds: ['Deployment'],
    names: 'several',
    usage: 'kubectl rollout pause deployment/NAME -n NAMESPACE',
  },
  {
    command: 'rollout resume',
    words: ['rollout', 'resume'],
    kinds: ['Deployment'],
    names: 'several',
    usage: 'kubectl rollout resume deployment/NAME -n NAMESPACE',
  },
  {
    command: 'scale',
    words: ['scale'],
    kinds: scalableKinds,
    names: 'several',
    needs: 'replicas',
    usage: 'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
  },
  {
    command: 'set image',
    words: ['set', 'image'],
    kinds: rolloutKinds,
    names: 'several',
    usage: 'kubectl set image deployment/NAME CONTAINER=IMAGE -n NAMESPACE',
  },
  {
    command: 'set env',
    words: ['set', 'env'],
    kinds: rolloutKinds,
    names: 'several',
    usage: 'kubectl set env deployment/NAME VARIABLE=VALUE -n NAMESPACE',
  },
  {
    command: 'set resources',
    words: ['set', 'resources'],
    kinds: rolloutKinds,
    names: 'several',
    usage: 'kubectl set resources deployment/NAME --limits=cpu=CPU,memory=MEMORY -n NAMESPACE',
  },
  {
    command: 'autoscale',
    words: ['autoscale'],
    kinds: scalableKinds,
    names: 'one',
    needs: 'max',
    usage: 'kubectl autoscale deployment/NAME --min=COUNT --max=COUNT --cpu=PERCENT% -n NAMESPACE',
  },
  {
    command: 'delete',
    words: ['delete'],
    kinds: ['Pod', 'Job'],
    names: 'several',
    usage: 'kubectl delete pod NAME -n NAMESPACE',
    usages: { Job: 'kubectl delete job NAME -n NAMESPACE' },
  },
  {
    command: 'create job',
    words: ['create', 'job'],
    kinds: ['CronJob', 'Job'],
    names: 'new',
    needs: 'from',
    usage: 'kubectl create job NEW-NAME --from=cronjob/NAME -n NAMESPACE',
  },
  {
    command: 'suspend',
    words: ['suspend'],
    kinds: ['CronJob', 'Job'],
    names: 'several',
    usage: 'suspend cronjob/NAME -n NAMESPACE',
  },
  {
    command: 'resume',
    words: ['resume'],
    kinds: ['CronJob', 'Job'],
    names: 'several',
    usage: 'resume cronjob/NAME -n NAMESPACE',
  },
  { command: 'cordon', words: ['cordon'], kinds: ['Node'], names: 'node', usage: 'kubectl cordon NAME' },
  {
    command: 'uncordon',
    words: ['uncordon'],
    kinds: ['Node'],
    names: 'node',
    usage: 'kubectl uncordon NAME',
  },
  {
    command: 'drain',
    words: ['drain'],
    kinds: ['Node'],
    names: 'node',
    usage: 'kubectl drain NAME --ignore-daemonsets',
  },
  {
    command: 'taint',
    words: ['taint'],
    kinds: ['Node'],
    names: 'several',
    usage: 'kubectl taint node NAME KEY=VALUE:NoSchedule',
  },
  {
    command: 'label',
    words: ['label'],
    kinds: [...labelledKinds, 'Node'],
    names: 'several',
    usage: 'kubectl label deployment/NAME KEY=VALUE -n NAMESPACE',
    usages: {
      Node: 'kubectl label node NAME KEY=VALUE',
      Pod: 'kubectl label pod NAME KEY=VALUE -n NAMESPACE',
    },
  },
  {
    command: 'annotate',
    words: ['annotate'],
    kinds: [...labelledKinds, 'Node'],
    names: 'several',
    usage: "kubectl annotate deployment/NAME KEY='VALUE' -n NAMESPACE",
    usages: {
      Node: "kubectl annotate node NAME KEY='VALUE'",
      Pod: "kubectl annotate pod NAME KEY='VALUE' -n NAMESPACE",
    },
  },
  {
    command: 'patch',
    words: ['patch'],
    kinds: [...patchableKinds, 'Pod', 'Node'],
    names: 'several',
    needs: 'patch',
    usage: `kubectl patch deployment/NAME -p '{"spec":{"replicas":COUNT}}' -n NAMESPACE`,
    usages: {
      CronJob: `kubectl patch cronjob/NAME -p '{"spec":{"suspend":true}}' -n NAMESPACE`,
      Job: `kubectl patch job/NAME -p '{"spec":{"suspend":true}}' -n NAMESPACE`,
      HorizontalPodAutoscaler: `kubectl patch hpa/NAME -p '{"spec":{"maxReplicas":COUNT}}' -n NAMESPACE`,
      Node: `kubectl patch node/NAME -p '{"spec":{"unschedulable":true}}'`,
      Pod: `kubectl patch pod/NAME -p '{"metadata":{"labels":{"KEY":"VALUE"}}}' -n NAMESPACE`,
      DaemonSet: `kubectl patch daemonset/NAME -p '{"spec":{"minReadySeconds":SECONDS}}' -n NAMESPACE`,
    },
  },
];

const BY_FIRST_WORD: ReadonlyMap<string, readonly VerbRule[]> = Map.groupBy(VERBS, ({ words }) => words[0]);

const VERB_WORDS: readonly string[] = VERBS.flatMap(({ words }) => [...words]);

/** The form shown when somebody gets the verb right and the rest wrong; capitals mark what to fill in. */
export function usageOf({ usage, usages = {} }: VerbRule, operands: readonly Word[]): string {
  const [kindWord = ''] = operands[0]?.text.split('/', 1) ?? [];
  const kind = kindNamed(kindWord);
  return (kind === undefined ? undefined : usages[kind]) ?? usage;
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
  const rules = BY_FIRST_WORD.get(firstText) ?? [];
  const rule = rules.find(({ words }) => words[1] === undefined || words[1] === second?.text.toLowerCase());
  if (rule) return ofRollouts(rule, first, second) ?? { rule, operands: operands.slice(rule.words.length) };
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

/** `resume deployment/web`: the words that kubectl has for it are others. */
function ofRollouts({ command }: VerbRule, first: Word, second: Word | undefined): Objection | undefined {
  if (command !== 'suspend' && command !== 'resume') return undefined;
  if (kindNamed(second?.text.split('/', 1)[0] ?? '') !== 'Deployment') return undefined;
  const instead = command === 'suspend' ? 'rollout pause' : 'rollout resume';
  const reason = `"${command}" works on CronJob or Job; for a Deployment it is "${instead}".`;
  return { code: 'kind-not-allowed', reason, span: { start: first.start, end: first.end }, instead };
}

function unknownFirst(first: Word): Objection {
  const text = first.text.toLowerCase();
  const span = { start: first.start, end: first.end };
  if (text === 'help') return { code: 'help', reason: `Firebreak can ${closedSet()}.`, span };
  const near = nearestWord(text, VERB_WORDS);
  const meant = near === undefined ? undefined : (firstRule(near)?.words.join(' ') ?? near);
  const reason = `${quoted(first.text)} is not a command. Firebreak can ${closedSet()}.`;
  return { code: 'unknown-verb', reason, span, ...(meant === undefined ? {} : { instead: meant }) };
}

/** The rule whose second word this is, unless it is a first word too. */
function firstRule(word: string): VerbRule | undefined {
  return BY_FIRST_WORD.has(word) ? undefined : VERBS.find(({ words }) => words[1] === word);
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

/** `rollout restart, undo, pause or resume; scale; ...`: all of them, short enough to be read. */
function closedSet(): string {
  const sets = [...BY_FIRST_WORD].map(([first, rules]) => {
    const seconds = rules.flatMap(({ words }) => words[1] ?? []);
    return [first, either(first === 'delete' ? ['pod', 'job'] : seconds)].join(' ').trim();
  });
  return sets.join('; ');
}

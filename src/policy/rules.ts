import { kindsActedOn, verbs } from '../domain/action.ts';
import { weekdays } from '../domain/circumstances.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { ExpressionInput, Predicate } from '../domain/policy/rule.ts';
import { compileAll, flawOf, type Vocabulary } from './cel.ts';

/** What an expression can name, and of which CEL type it is. The same names as ExpressionInput has. */
const fields = {
  action: { verb: 'string', command: 'string', replicas: 'int', toRevision: 'int', images: 'list<string>' },
  target: { kind: 'string', name: 'string', namespace: 'string' },
  facts: {
    cluster: 'string',
    production: 'bool',
    environments: 'list<string>',
    namespaceLabels: 'map<string, string>',
    unknown: 'list<string>',
    gitOps: 'string',
    autoscalerMin: 'int',
    autoscalerMax: 'int',
    desired: 'int',
    ready: 'int',
    updated: 'int',
    available: 'int',
    paused: 'bool',
    rollingOut: 'bool',
    strategy: 'string',
    images: 'list<string>',
    restarts: 'int',
    pods: 'int',
    controlPlane: 'bool',
    otherSchedulableNodes: 'int',
    waiting: 'list<string>',
    ended: 'list<string>',
    podRestarts: 'int',
    failed: 'int',
    nodeReady: 'bool',
    events: 'list<string>',
  },
  time: { weekday: 'string', date: 'string', hour: 'int', minute: 'int' },
} as const satisfies {
  readonly [Part in Exclude<keyof ExpressionInput, 'labels'>]: Readonly<
    Record<keyof (ExpressionInput[Part] & object), string>
  >;
};

/** Of the policy's own rules, and of what playbooks claim. */
export const factsVocabulary: Vocabulary = {
  parts: fields,
  plain: { labels: 'map<string, string>' },
  long: { command: 4096 },
  closed: { 'action.verb': verbs, 'target.kind': kindsActedOn, 'time.weekday': weekdays },
};

/** What is wrong with an expression, with a caret under the place; undefined when it is right. */
export const expressionFlaw = (expression: string): string | undefined => flawOf(factsVocabulary, expression);

/** Every expression of a policy as a function, by its text. They are checked before: see expressionFlaw. */
export function compileRules({
  hardRules,
  rules,
}: Pick<Policy, 'hardRules' | 'rules'>): ReadonlyMap<string, Predicate> {
  return compileAll<ExpressionInput>(
    factsVocabulary,
    [...hardRules, ...rules].map(({ when }) => when),
  );
}

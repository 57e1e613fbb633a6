import { Environment, ParseError, TypeError as TypeFault } from '@marcbachmann/cel-js';
import type { Policy } from '../domain/policy/policy.ts';
import type { ExpressionInput, Predicate } from '../domain/policy/rule.ts';
import { nearestWord } from '../domain/text/nearest.ts';

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
  },
  time: { weekday: 'string', date: 'string', hour: 'int', minute: 'int' },
} as const satisfies {
  readonly [Part in Exclude<keyof ExpressionInput, 'labels'>]: Readonly<
    Record<keyof (ExpressionInput[Part] & object), string>
  >;
};

function celEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false });
  for (const [name, schema] of Object.entries(fields)) environment.registerVariable({ name, schema });
  return environment.registerVariable('labels', 'map<string, string>');
}

/** What is wrong with an expression, with a caret under the place; undefined when it is right. */
export function expressionFlaw(expression: string): string | undefined {
  const wrong = faultOf(expression);
  if (wrong === undefined) return undefined;
  const start = wrong.at ?? 0;
  const before = expression.slice(0, start).split('\n');
  const line = expression.split('\n')[before.length - 1] ?? '';
  const caret = `${' '.repeat((before.at(-1) ?? '').length)}^`;
  return `${wrong.summary}\n    ${line}\n    ${caret}`;
}

function faultOf(expression: string): { summary: string; at?: number | undefined } | undefined {
  try {
    const { valid, type, error } = celEnvironment().parse(expression).check();
    if (!valid) return { summary: advised(error?.summary ?? 'it is no CEL'), at: error?.range?.start };
    return type === 'bool' ? undefined : { summary: `must say true or false, but says ${type}` };
  } catch (fault) {
    if (fault instanceof ParseError || fault instanceof TypeFault) {
      return { summary: advised(fault.summary), at: fault.range?.start };
    }
    throw fault;
  }
}

/** With the name that was probably meant. */
function advised(summary: string): string {
  const [, word] = /: (\w+)$/.exec(summary) ?? [];
  const names = [...Object.keys(fields), 'labels', ...Object.values(fields).flatMap(Object.keys)];
  const nearest = word === undefined ? undefined : nearestWord(word, [...new Set(names)]);
  return nearest === undefined ? summary : `${summary}; did you mean "${nearest}"?`;
}

/** Every expression of a policy as a function, by its text. They are checked before: see expressionFlaw. */
export function compileRules({
  hardRules,
  rules,
}: Pick<Policy, 'hardRules' | 'rules'>): ReadonlyMap<string, Predicate> {
  const environment = celEnvironment();
  const seen = lastOf(asCel);
  const expressions = [...hardRules, ...rules].map(({ when }) => when);
  return new Map(
    expressions.map((when) => {
      const parsed = environment.parse(when);
      const predicate: Predicate = (input) => parsed(seen(input));
      return [when, predicate] as const;
    }),
  );
}

/** All rules of one evaluation look at one input: it is turned over once. */
function lastOf<T extends object, R>(work: (given: T) => R): (given: T) => R {
  let last: { readonly given: T; readonly result: R } | undefined;
  return (given) => {
    if (last?.given !== given) last = { given, result: work(given) };
    return last.result;
  };
}

/** CEL's int is a bigint here; what is undefined must not be there at all. */
function asCel({ action, target, facts, labels, time }: ExpressionInput): Record<string, unknown> {
  return {
    action: known(action),
    target: known(target),
    facts: known(facts),
    labels,
    ...(time === undefined ? {} : { time: known(time) }),
  };
}

function known(part: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(part)) {
    if (value !== undefined) result[key] = typeof value === 'number' ? BigInt(value) : value;
  }
  return result;
}

import { type ASTNode, Environment, ParseError, TypeError as TypeFault } from '@marcbachmann/cel-js';
import type { Policy } from '../domain/policy/policy.ts';
import type { ExpressionInput, Predicate } from '../domain/policy/rule.ts';
import { nearestWord } from '../domain/text/nearest.ts';
import { mostSteps, type Size } from './expression-cost.ts';
import { linearMatches, type Patterns, patternFlaw, patternsOf } from './matches.ts';

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
    const parsed = celEnvironment().parse(expression);
    const { valid, type, error } = parsed.check();
    if (!valid) return { summary: advised(error?.summary ?? 'it is no CEL'), at: error?.range?.start };
    if (type !== 'bool') return { summary: `must say true or false, but says ${type}` };
    return patternFlaw(parsed.ast) ?? costFlaw(parsed.ast);
  } catch (fault) {
    if (fault instanceof ParseError || fault instanceof TypeFault) {
      return { summary: advised(fault.summary), at: fault.range?.start };
    }
    throw fault;
  }
}

/** At about 50 ns each, a tenth of a second for one expression on the largest input. */
const stepsAllowed = 2_000_000;

/** Characters of a text and entries of a list or map that an expression looks at; a longer one cannot be judged. */
const longest = { command: 4096, text: 512, entries: 128 };

function costFlaw(expression: ASTNode): { summary: string } | undefined {
  const steps = mostSteps(expression, sizeOf);
  if (steps <= stepsAllowed) return undefined;
  return {
    summary:
      `can take ${Number.isFinite(steps) ? Math.ceil(steps) : 'any number of'} steps, and ${stepsAllowed} are allowed; ` +
      'go over fewer lists inside of each other',
  };
}

/** How large what an expression can name may be. */
function sizeOf(name: string, field?: string): Size | undefined {
  const types: Readonly<Record<string, Readonly<Record<string, string>>>> = fields;
  if (name === 'labels') return field === undefined ? sizeOfType('labels', 'map') : { length: longest.text };
  const type = types[name]?.[field ?? ''];
  return type === undefined || field === undefined ? undefined : sizeOfType(field, type);
}

function sizeOfType(field: string, type: string): Size {
  if (type === 'string') return { length: field === 'command' ? longest.command : longest.text };
  if (type === 'int' || type === 'bool') return { length: 1 };
  return { length: longest.entries, entry: { length: longest.text } };
}

/** With the name that was probably meant. */
function advised(summary: string): string {
  const [, word] = /: (\w+)$/.exec(summary) ?? [];
  const names = [...Object.keys(fields), 'labels', ...Object.values(fields).flatMap(Object.keys)];
  const nearest = word === undefined ? undefined : nearestWord(word, [...new Set(names)]);
  return nearest === undefined ? summary : `${summary}; did you mean "${nearest}"?`;
}

/**
 * Every expression of a policy as a function, by its text. They are checked before: see expressionFlaw. What is larger
 * than the check has counted with throws when it is asked for.
 */
export function compileRules({
  hardRules,
  rules,
}: Pick<Policy, 'hardRules' | 'rules'>): ReadonlyMap<string, Predicate> {
  const patterns: Patterns = new Map();
  const environment = linearMatches(celEnvironment(), patterns);
  const seen = lastOf(asCel);
  const expressions = [...hardRules, ...rules].map(({ when }) => when);
  return new Map(
    expressions.map((when) => {
      const parsed = environment.parse(when);
      for (const [text, pattern] of patternsOf(parsed.ast)) patterns.set(text, pattern);
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
  const parts = { action: known(action), target: known(target), facts: known(facts) };
  return Object.assign(known({ labels }), parts, time === undefined ? {} : { time: known(time) });
}

function known(part: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(part)) {
    if (value === undefined) continue;
    const excess = excessOf(key, value);
    if (excess === undefined) result[key] = typeof value === 'number' ? BigInt(value) : value;
    else Object.defineProperty(result, key, { enumerable: true, get: () => tooLarge(key, excess) });
  }
  return result;
}

/** What is larger than an expression may look at; undefined for what is not. */
function excessOf(key: string, value: unknown): string | undefined {
  const most = key === 'command' ? longest.command : longest.text;
  if (typeof value === 'string')
    return value.length > most ? `a text of ${value.length} characters` : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  if (entries.length > longest.entries) return `${entries.length} entries`;
  const long = entries.flat().find((each) => typeof each === 'string' && each.length > most);
  return long === undefined ? undefined : `a text of more than ${most} characters`;
}

function tooLarge(key: string, excess: string): never {
  throw new Error(`"${key}" has ${excess}, more than an expression may look at`);
}

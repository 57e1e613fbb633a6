import { type ASTNode, Environment, ParseError, TypeError as TypeFault } from '@marcbachmann/cel-js';
import { nearestWord } from '../domain/text/nearest.ts';
import { type ClosedWords, wordFlaw } from './closed-words.ts';
import { mostSteps, type Size } from './expression-cost.ts';
import { linearMatches, type Patterns, patternFlaw, patternsOf } from './matches.ts';

/** CEL types that an input may have. */
export type FieldType = 'string' | 'int' | 'bool' | 'list<string>' | 'map<string, string>';

/** What an expression can name and of which type it is: parts with fields, and maps of texts. */
export interface Vocabulary {
  readonly parts: Readonly<Record<string, Readonly<Record<string, FieldType>>>>;
  readonly plain: Readonly<Record<string, FieldType>>;
  /** Characters of the texts that may be longer than others, by the name of their field. */
  readonly long?: Readonly<Record<string, number>>;
  /** What is one of a few words. */
  readonly closed?: ClosedWords;
}

function environmentOf({ parts, plain }: Vocabulary): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false });
  for (const [name, schema] of Object.entries(parts)) environment.registerVariable({ name, schema });
  for (const [name, type] of Object.entries(plain)) environment.registerVariable(name, type);
  return environment;
}

/** What is wrong with an expression, with a caret under the place; undefined when it is right. */
export function flawOf(vocabulary: Vocabulary, expression: string): string | undefined {
  const wrong = faultOf(vocabulary, expression);
  if (wrong === undefined) return undefined;
  const start = wrong.at ?? 0;
  const before = expression.slice(0, start).split('\n');
  const line = expression.split('\n')[before.length - 1] ?? '';
  const caret = `${' '.repeat((before.at(-1) ?? '').length)}^`;
  return `${wrong.summary}\n    ${line}\n    ${caret}`;
}

function faultOf(
  vocabulary: Vocabulary,
  expression: string,
): { summary: string; at?: number | undefined } | undefined {
  try {
    const parsed = environmentOf(vocabulary).parse(expression);
    const { valid, type, error } = parsed.check();
    if (!valid)
      return { summary: advised(vocabulary, error?.summary ?? 'it is no CEL'), at: error?.range?.start };
    if (type !== 'bool') return { summary: `must say true or false, but says ${type}` };
    return (
      patternFlaw(parsed.ast) ??
      wordFlaw(parsed.ast, vocabulary.closed ?? {}) ??
      costFlaw(vocabulary, parsed.ast)
    );
  } catch (fault) {
    if (fault instanceof ParseError || fault instanceof TypeFault) {
      const foreign = fault instanceof ParseError ? foreignSign(expression) : '';
      return { summary: `${advised(vocabulary, fault.summary)}${foreign}`, at: fault.range?.start };
    }
    throw fault;
  }
}

/** What CEL has for the signs of other languages, where one of them stands outside of texts. */
function foreignSign(expression: string): string {
  const bare = expression.replace(/'[^']*'|"[^"]*"/g, "''");
  if (/(?:^|\s)(?:and|or|not)\s/i.test(bare)) return '; "and" is && in CEL, "or" is ||, "not" is !';
  if (/[=!]~/.test(bare)) return "; a pattern is asked with .matches('...')";
  if (/=[<>]/.test(bare)) return '; "at least" is >= in CEL, "at most" is <=';
  return /[^=!<>]=(?!=)/.test(bare) ? '; two values are compared with ==' : '';
}

/** At about 50 ns each, a tenth of a second for one expression on the largest input. */
const stepsAllowed = 2_000_000;

/** Characters of a text and entries of a list or map that an expression looks at; a longer one cannot be judged. */
const longest = { text: 512, entries: 128 };

function costFlaw(vocabulary: Vocabulary, expression: ASTNode): { summary: string } | undefined {
  const steps = mostSteps(expression, sizesOf(vocabulary));
  if (steps <= stepsAllowed) return undefined;
  return {
    summary:
      `can take ${Number.isFinite(steps) ? Math.ceil(steps) : 'any number of'} steps, and ${stepsAllowed} are allowed; ` +
      'go over fewer lists inside of each other',
  };
}

/** How large what an expression can name may be. */
const sizesOf =
  (vocabulary: Vocabulary) =>
  (name: string, field?: string): Size | undefined => {
    const plain = vocabulary.plain[name];
    if (plain !== undefined) {
      const size = sizeOfType(vocabulary, name, plain);
      return field === undefined ? size : (size.entry ?? size);
    }
    const type = vocabulary.parts[name]?.[field ?? ''];
    return type === undefined || field === undefined ? undefined : sizeOfType(vocabulary, field, type);
  };

function sizeOfType(vocabulary: Vocabulary, field: string, type: FieldType): Size {
  if (type === 'string') return { length: mostOf(vocabulary, field) };
  if (type === 'int' || type === 'bool') return { length: 1 };
  return { length: longest.entries, entry: { length: longest.text } };
}

const mostOf = ({ long = {} }: Vocabulary, field: string): number =>
  Object.hasOwn(long, field) ? (long[field] ?? longest.text) : longest.text;

/** With the name that was probably meant; of one that stands in another place with how it is written there. */
function advised({ parts, plain }: Vocabulary, summary: string): string {
  const [, word] = /: (\w+)$/.exec(summary) ?? [];
  if (word === undefined) return summary;
  const whole = Object.entries(parts).flatMap(([part, schema]) =>
    Object.keys(schema).map((field) => `${part}.${field}`),
  );
  if (Object.hasOwn(plain, word)) return `${summary}; "${word}" stands by itself`;
  const elsewhere = whole.find((name) => name.endsWith(`.${word}`));
  const names = [...Object.keys(parts), ...Object.keys(plain), ...Object.values(parts).flatMap(Object.keys)];
  const nearest = elsewhere ?? nearestWord(word, [...new Set(names)]);
  return nearest === undefined ? summary : `${summary}; did you mean "${nearest}"?`;
}

/** Answers an expression on what it can name; throws when it asks for what is not there. */
type Answer<T> = (input: T) => unknown;

/**
 * Every expression as a function, by its text. They are checked before: see flawOf. What is larger than the check has counted
 * with throws when it is asked for.
 */
export function compileAll<T extends object>(
  vocabulary: Vocabulary,
  expressions: readonly string[],
): ReadonlyMap<string, Answer<T>> {
  const patterns: Patterns = new Map();
  const environment = linearMatches(environmentOf(vocabulary), patterns);
  const seen = lastOf((input: T) => asCel(vocabulary, input));
  return new Map(
    expressions.map((when) => {
      const parsed = environment.parse(when);
      for (const [text, pattern] of patternsOf(parsed.ast)) patterns.set(text, pattern);
      const answer: Answer<T> = (input) => parsed(seen(input));
      return [when, answer] as const;
    }),
  );
}

/** All expressions that are asked together look at one input: it is turned over once. */
function lastOf<T extends object, R>(work: (given: T) => R): (given: T) => R {
  let last: { readonly given: T; readonly result: R } | undefined;
  return (given) => {
    if (last?.given !== given) last = { given, result: work(given) };
    return last.result;
  };
}

/** CEL's int is a bigint here; what is undefined must not be there at all. */
function asCel(vocabulary: Vocabulary, input: object): Record<string, unknown> {
  const all: Readonly<Record<string, unknown>> = { ...input };
  const plain = Object.keys(vocabulary.plain).map((name) => [name, all[name]] as const);
  const parts = Object.keys(vocabulary.parts).flatMap((name) => {
    const part = all[name];
    return typeof part === 'object' && part !== null ? [[name, known(vocabulary, part)] as const] : [];
  });
  return Object.assign(known(vocabulary, Object.fromEntries(plain)), Object.fromEntries(parts));
}

function known(vocabulary: Vocabulary, part: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(part)) {
    if (value === undefined) continue;
    const excess = excessOf(mostOf(vocabulary, key), value);
    if (excess === undefined) result[key] = typeof value === 'number' ? BigInt(value) : value;
    else Object.defineProperty(result, key, { enumerable: true, get: () => tooLarge(key, excess) });
  }
  return result;
}

/** What is larger than an expression may look at; undefined for what is not. */
function excessOf(most: number, value: unknown): string | undefined {
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

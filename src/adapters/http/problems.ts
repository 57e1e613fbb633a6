import type { z } from 'zod';
import { sized } from '../../domain/text/sized.ts';
import { cut } from '../../domain/text/text.ts';

/** A body of JSON as a schema reads it. What is wrong is said in plain words, behind those that a schema has for itself. */
export function bySchema<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  return schema.safeParse(value, { error: sentenceFor });
}

/** The first thing that is wrong with a body: `"alerts.0.status": ...`. */
export function firstProblem(error: z.ZodError, within: readonly PropertyKey[] = []): string {
  const [issue] = error.issues;
  return issue === undefined ? 'the body: is not as it should be' : problemOf(issue, within);
}

/** So many of what is wrong are said. */
const mostSaid = 5;

/** What is wrong with a body, a sentence a line and at most five. */
export function allProblems({ issues }: z.ZodError): string {
  const said = issues.slice(0, mostSaid).map((issue) => `${problemOf(issue, [])}.`);
  const more = issues.length - said.length;
  return [...said, ...(more > 0 ? [`${more} more ${more === 1 ? 'is' : 'are'} not named.`] : [])].join('\n');
}

function problemOf({ path: at, message }: z.core.$ZodIssue, within: readonly PropertyKey[]): string {
  const path = [...within, ...at];
  const place = path.length === 0 ? 'the body' : `"${path.map(keyShown).join('.')}"`;
  return `${place}: ${message}`;
}

/** A key of a body is anybody's text: on one line, without what is not seen, and not long. */
function keyShown(key: PropertyKey): string {
  const text = String(key).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return text.length > 60 ? `${cut(text, 60)}...` : text;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

function sentenceFor(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}, and ${isOf(issue.input)}`;
    case 'invalid_value': {
      const right = `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
      return issue.input === undefined ? `${right}, and is missing` : right;
    }
    case 'too_small':
      return sized(issue, `at least ${issue.minimum}`);
    case 'too_big':
      return sized(issue, `at most ${issue.maximum}`);
    case 'invalid_union':
      return chosenBy(issue) ?? 'is not as it should be';
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.map((key) => `"${keyShown(key)}"`).join(', ')}`;
    default:
      return 'is not as it should be';
  }
}

/** Of what has one field that says which of several it is: the words that this field may have. */
function chosenBy(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  const words: unknown = 'options' in issue ? issue.options : undefined;
  return Array.isArray(words) && words.length > 0
    ? `must be one of ${words.map(String).join(', ')}`
    : undefined;
}

function isOf(input: unknown): string {
  return input === undefined ? 'is missing' : `is ${kindOf(input)}`;
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  return kinds[Array.isArray(input) ? 'array' : typeof input] ?? typeof input;
}

import type { z } from 'zod';
import { nearestWord } from '../domain/text/nearest.ts';
import { sized } from '../domain/text/sized.ts';

/** What YAML calls what Zod names otherwise. */
const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
};

const wordFor = (type: string): string => words[type] ?? type;

/**
 * What is wrong with a value, for people who write YAML. It goes before Zod's own words, and behind those that a schema has for
 * itself; undefined leaves it to Zod.
 */
export function sentenceFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${wordFor(issue.expected)}, and is ${found(issue.input, issue.expected)}${cureFor(issue)}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}${meant(issue)}`;
    case 'too_small':
      return sized(issue, `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`);
    case 'too_big':
      return sized(issue, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an address that begins with https:// or http://' : undefined;
    default:
      return undefined;
  }
}

/** The word that was probably meant. */
function meant({ input, values }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidValue>): string {
  if (
    typeof input === 'string' &&
    values.some((value) => typeof value === 'number' && String(value) === input)
  )
    return '; it is a number: take it out of the quotes';
  const nearest = typeof input === 'string' ? nearestWord(input, values.map(String)) : undefined;
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

function found(input: unknown, expected: string): string {
  if (input === null) return 'empty';
  if (['int', 'number'].includes(expected) && typeof input === 'number') return String(input);
  return wordFor(Array.isArray(input) ? 'array' : typeof input);
}

/** `no` and `1.10` are no text in YAML. */
const cureFor = ({ expected, input }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string =>
  expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')
    ? '; put it in quotes'
    : '';

import { quoted } from '../../../actions/grammar/display.ts';
import type { Flag } from '../../../actions/grammar/flag.ts';
import type { Objection } from '../../../actions/grammar/refusal.ts';
import { isObjection } from '../../../actions/grammar/refusal.ts';
import { spanIn, type Word } from '../../../actions/grammar/word.ts';
import { labelKey, labelSelector, labelValue } from '../../../domain/values.ts';

/** A sign, or a key, value or `in`, with its place in the selector. */
interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Blanks and `==` take room that the one form does not have; twice the most is more than anybody types. */
const LONGEST_TYPED = 1024;

/**
 * A label selector in one form for one meaning: `==` becomes `=`, blanks go where they mean nothing. The grammar is
 * that of apimachinery (pkg/labels/selector.go, Parse) without `<` and `>`, and without empty values in a list.
 */
export function readSelector(flag: Flag): { readonly text: string } | Objection {
  const { value } = flag;
  if (value === undefined || value.text.trim() === '') {
    const reason = `${flag.name} needs a label selector such as app=web or "tier in (front,back)".`;
    return { code: 'flag-value', reason, span: flag.span };
  }
  if (value.text.length > LONGEST_TYPED) return tooLong(flag);
  const reader = createReader(value);
  const requirements: string[] = [];
  do {
    const requirement = readRequirement(reader);
    if (typeof requirement !== 'string') return requirement;
    requirements.push(requirement);
  } while (reader.took(','));
  if (reader.peek().text !== '') return reader.wrong('a comma or the end');
  const text = requirements.join(',');
  return labelSelector.safeParse(text).success ? { text } : tooLong(flag);
}

function tooLong({ span }: Flag): Objection {
  return { code: 'flag-value', reason: 'A label selector has at most 512 characters here.', span };
}

interface Reader {
  peek(): Token;
  next(): Token;
  /** Whether the next token is this one; then it is taken. */
  took(text: string): boolean;
  /** What is wrong at the next token, which should have been something else. */
  wrong(expected: string): Objection;
}

function createReader(word: Word): Reader {
  const tokens = lexed(word.text);
  let at = 0;
  const peek = (): Token => tokens[at] ?? { text: '', from: word.text.length, to: word.text.length };
  const next = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  return {
    peek,
    next,
    took: (text) => {
      const found = peek().text === text;
      if (found) at += 1;
      return found;
    },
    wrong: (expected) => {
      const { text, from, to } = peek();
      const got = text === '' ? 'the selector ends' : `not ${quoted(text)}`;
      return {
        code: 'flag-value',
        reason: `The label selector needs ${expected} here; ${got}.`,
        span: spanIn(word, from, to),
      };
    },
  };
}

/** Signs of the grammar, each alone; everything else up to the next sign or blank is one token. */
function lexed(text: string): readonly Token[] {
  const tokens = text.matchAll(/!=|==|[=!,()]|[^\s=!,()]+/g);
  return [...tokens].map(({ 0: token, index }) => ({ text: token, from: index, to: index + token.length }));
}

/** `key`, `!key`, `key=value`, `key!=value`, `key in (a,b)` or `key notin (a,b)`. */
function readRequirement(reader: Reader): string | Objection {
  const absent = reader.took('!');
  if (!labelKey.safeParse(reader.peek().text).success)
    return reader.wrong('a label key such as app or example.com/app');
  const key = reader.next().text;
  if (absent) return `!${key}`;
  if (reader.took('=') || reader.took('==')) return withValue(reader, `${key}=`);
  if (reader.took('!=')) return withValue(reader, `${key}!=`);
  for (const operator of ['in', 'notin']) {
    if (reader.took(operator)) return withValues(reader, `${key} ${operator}`);
  }
  const { text } = reader.peek();
  return text === '' || text === ',' ? key : reader.wrong('one of = != in notin, a comma or the end');
}

/** An empty value is one: the label is there and says nothing. */
function withValue(reader: Reader, lead: string): string | Objection {
  const { text } = reader.peek();
  if (text === ',') return lead;
  if (!labelValue.safeParse(text).success) return reader.wrong('a label value');
  return lead + reader.next().text;
}

function withValues(reader: Reader, lead: string): string | Objection {
  if (!reader.took('(')) return reader.wrong('"(" and the values');
  const values: string[] = [];
  do {
    const value = readValue(reader);
    if (isObjection(value)) return value;
    values.push(value.text);
  } while (reader.took(','));
  return reader.took(')') ? `${lead} (${values.join(',')})` : reader.wrong('"," or ")"');
}

function readValue(reader: Reader): Token | Objection {
  const { text } = reader.peek();
  return text !== '' && labelValue.safeParse(text).success ? reader.next() : reader.wrong('a label value');
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { nearestWord } from '../domain/text/nearest.ts';
import { childrenOf } from './matches.ts';

/** What can be said in a place that has a closed set of words, by the place: `action.verb`. */
export type ClosedWords = Readonly<Record<string, readonly string[]>>;

const comparing: readonly string[] = ['==', '!=', 'in'];

/** A word that is compared with what is never so: a rule with it never holds, or always does, and nobody would be told. */
export function wordFlaw(
  expression: ASTNode,
  closed: ClosedWords,
): { summary: string; at: number } | undefined {
  const [first, second] = comparing.includes(expression.op) ? childrenOf(expression.args) : [];
  const flaw = first && second && (strangeWord(first, second, closed) ?? strangeWord(second, first, closed));
  if (flaw !== undefined) return flaw;
  for (const child of childrenOf(expression.args)) {
    const below = wordFlaw(child, closed);
    if (below !== undefined) return below;
  }
  return undefined;
}

function strangeWord(place: ASTNode, compared: ASTNode, closed: ClosedWords) {
  const name = nameOf(place) ?? '';
  const words = Object.hasOwn(closed, name) ? (closed[name] ?? []) : undefined;
  if (words === undefined) return undefined;
  for (const { args: word, op, start } of compared.op === 'list' ? childrenOf(compared.args) : [compared]) {
    if (op !== 'value' || typeof word !== 'string' || words.includes(word)) continue;
    const nearest = nearestWord(word, words);
    const hint = nearest === undefined ? `one of ${words.join(', ')}` : `did you mean "${nearest}"?`;
    return { summary: `${name} is never "${word}"; ${hint}`, at: start };
  }
  return undefined;
}

/** `action.verb`, `action["verb"]` or `verdict` as a text; undefined for anything else. */
function nameOf({ op, args }: ASTNode): string | undefined {
  if (op === 'id' && typeof args === 'string') return args;
  if ((op !== '.' && op !== '[]') || !Array.isArray(args)) return undefined;
  const [part, field]: readonly unknown[] = args;
  return `${textIn(part)}.${textIn(field)}`;
}

/** A name or a word, as it is written in an expression. */
const textIn = (value: unknown): string => {
  const inner = typeof value === 'object' && value !== null && 'args' in value ? value.args : value;
  return typeof inner === 'string' ? inner : '';
};

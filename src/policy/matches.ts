import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { RE2JS, RE2JSSyntaxException } from 're2js';

/** The patterns of a policy, compiled, by their text. */
export type Patterns = Map<string, RE2JS>;

/** What `matches` is called once an expression is compiled. The package's own one backtracks and cannot be replaced. */
const linear = 'matchesInLinearTime';

/** More states than this cost more than a rule can need: each character of a text may visit them all. */
const mostStates = 1000;

/**
 * What is wrong with a pattern: CEL's `matches` is RE2 (cel-spec, "Regular Expressions"), which knows no lookaround and no
 * backreference, and it must be written out, so that it is checked before it is used.
 */
export function patternFlaw(expression: ASTNode): { summary: string; at: number } | undefined {
  for (const { pattern } of matchesIn(expression)) {
    const summary = flawOf(pattern);
    if (summary !== undefined) return { summary, at: pattern.start };
  }
  return undefined;
}

function flawOf(pattern: ASTNode): string | undefined {
  const text = textOf(pattern);
  if (text === undefined) return 'the pattern of matches() must be written out as a text in quotes';
  try {
    const states = RE2JS.compile(text).programSize();
    return states > mostStates
      ? `the pattern has ${states} states, and ${mostStates} are allowed`
      : undefined;
  } catch (fault) {
    if (fault instanceof RE2JSSyntaxException) return `the pattern is not RE2: ${fault.message}`;
    throw fault;
  }
}

/** The patterns of an expression, compiled; from now on it asks them instead of the package's `matches`. */
export function patternsOf(expression: ASTNode): Patterns {
  return new Map(
    matchesIn(expression).flatMap(({ call, pattern }) => {
      const text = textOf(pattern);
      call[0] = linear;
      return text === undefined ? [] : [[text, RE2JS.compile(text)] as const];
    }),
  );
}

/** With the function that `patternsOf` calls. */
export function linearMatches(environment: Environment, patterns: Patterns): Environment {
  return environment.registerFunction(`string.${linear}(string): bool`, (text: string, pattern: string) => {
    const compiled = patterns.get(pattern);
    if (compiled === undefined) throw new Error(`the pattern ${pattern} is not compiled`);
    return compiled.test(text);
  });
}

interface Match {
  readonly call: [string, ...unknown[]];
  readonly pattern: ASTNode;
}

function matchesIn(node: ASTNode): Match[] {
  const below = childrenOf(node.args).flatMap(matchesIn);
  if (node.op !== 'rcall' || node.args[0] !== 'matches') return below;
  const [pattern] = node.args[2];
  return pattern === undefined ? below : [{ call: node.args, pattern }, ...below];
}

/** The expressions in the arguments of one. */
export function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

function textOf(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

import type { ASTNode } from '@marcbachmann/cel-js';

/** How large a value can be: characters of a text, entries of a list or map; and its largest entry. */
export interface Size {
  readonly length: number;
  readonly entry?: Size;
}

/** Of the largest value that it can say, and of the work until then. A step is about what one `&&` takes. */
interface Estimate {
  readonly size: Size;
  readonly steps: number;
}

/** The sizes of what a name stands for: the input's fields, and what a macro or `cel.bind` names. */
export type Sizes = (name: string, field?: string) => Size | undefined;

const one: Size = { length: 1 };

/** Characters that are compared or copied in the time of one step. */
const atOnce = 64;

/**
 * The most steps that an expression can take on inputs of these sizes, whatever is in them: each macro as often as its
 * list can be long, each function by the lengths of what it is given. After the estimated cost of CEL in Kubernetes
 * (kubernetes.io, "Common Expression Language in Kubernetes", resource use by CEL functions).
 */
export function mostSteps(expression: ASTNode, sizes: Sizes): number {
  return estimate(expression, sizes).steps;
}

function estimate(node: ASTNode, sizes: Sizes): Estimate {
  const of = (each: ASTNode) => estimate(each, sizes);
  switch (node.op) {
    case 'value':
      return { size: { length: typeof node.args === 'string' ? node.args.length : 1 }, steps: 1 };
    case 'id':
      return { size: sizes(node.args) ?? one, steps: 1 };
    case '.':
    case '.?': {
      const [base, field] = node.args;
      const known = base.op === 'id' ? sizes(base.args, field) : undefined;
      const { size, steps } = of(base);
      return { size: known ?? entryOf(size), steps: steps + 1 };
    }
    case '[]':
    case '[?]': {
      const [list, index] = node.args.map(of);
      return { size: entryOf(list?.size ?? one), steps: stepsOf([list, index]) + 1 };
    }
    case 'list':
      return gathered(node.args.map(of), node.args.length);
    case 'map':
      return gathered(node.args.flat().map(of), node.args.length);
    case '?:': {
      const parts = node.args.map(of);
      return { size: largest(parts.slice(1).map(({ size }) => size)), steps: stepsOf(parts) + 1 };
    }
    case '!_':
    case '-_':
      return { size: one, steps: of(node.args).steps + 1 };
    case 'call': {
      const [name, args] = node.args;
      return called(name, args.map(of));
    }
    case 'rcall': {
      const [name, receiver, args] = node.args;
      return method(name, receiver, args, sizes);
    }
    default: {
      const parts = node.args.map(of);
      return joined(node.op, parts);
    }
  }
}

/** Two values and an operator between them. */
function joined(operator: string, parts: readonly Estimate[]): Estimate {
  const sizes = parts.map(({ size }) => size);
  const work = 1 + sum(sizes.map(volume)) / atOnce + (operator === 'in' ? (sizes[1]?.length ?? 1) : 0);
  const size = operator === '+' ? appended(sizes) : one;
  const steps = stepsOf(parts) + (operator === '&&' || operator === '||' ? 1 : work);
  return { size, steps };
}

const macros = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

function method(name: string, receiver: ASTNode, args: readonly ASTNode[], sizes: Sizes): Estimate {
  const [first, second, third] = args;
  if (name === 'bind' && first?.op === 'id' && second !== undefined && third !== undefined) {
    const bound = estimate(second, sizes);
    const body = estimate(third, named(first.args, bound.size, sizes));
    return { size: body.size, steps: bound.steps + body.steps + 1 };
  }
  if (macros.has(name) && first?.op === 'id')
    return repeated(name, estimate(receiver, sizes), args.slice(1), (size) => named(first.args, size, sizes));
  return called(
    name,
    [receiver, ...args].map((each) => estimate(each, sizes)),
  );
}

function repeated(
  name: string,
  range: Estimate,
  bodies: readonly ASTNode[],
  within: (entry: Size) => Sizes,
): Estimate {
  const inside = bodies.map((body) => estimate(body, within(entryOf(range.size))));
  const { length } = range.size;
  const steps = range.steps + length * (2 + stepsOf(inside));
  if (name === 'filter') return { size: range.size, steps };
  return { size: name === 'map' ? { length, entry: inside.at(-1)?.size ?? one } : one, steps };
}

/** A function on its arguments; of a method the first is what it is called on. */
function called(name: string, parts: readonly Estimate[]): Estimate {
  const sizes = parts.map(({ size }) => size);
  const [text = one, other = one] = sizes;
  const all = sum(sizes.map(volume));
  const before = stepsOf(parts);
  switch (name) {
    case 'has':
      return { size: one, steps: before };
    case 'split':
      return { size: { length: text.length + 1, entry: text }, steps: before + searched(text, other) };
    case 'join':
      return { size: { length: text.length * (entryOf(text).length + other.length) }, steps: before + all };
    case 'contains':
    case 'indexOf':
    case 'lastIndexOf':
      return { size: one, steps: before + searched(text, other) };
    case 'lowerAscii':
    case 'upperAscii':
    case 'trim':
    case 'substring':
      return { size: { length: text.length }, steps: before + 1 + all / atOnce };
    case 'size':
      // Of a text it counts code points.
      return { size: one, steps: before + 1 + all / 8 };
    case 'startsWith':
    case 'endsWith':
      return { size: one, steps: before + 1 + all / atOnce };
    case 'matches':
      // A pattern's program has about as many states as characters, or at most 1000 by a repetition (RE2).
      return { size: one, steps: before + (text.length * Math.max(16, other.length)) / 4 };
    default:
      // A time zone is looked up each time, which takes as long as a thousand steps.
      return {
        size: { length: 64 + 4 * all, entry: { length: 64 + 4 * all } },
        steps: before + (/^get|^timestamp$/.test(name) ? 1000 : 20) + all,
      };
  }
}

/** A search may begin anew at each character, so both lengths count. */
const searched = (text: Size, part: Size): number => 1 + (volume(text) * volume(part)) / atOnce;

const entryOf = ({ length, entry }: Size): Size => entry ?? { length };

/** All characters and entries in it. */
const volume = ({ length, entry }: Size): number => length * (entry === undefined ? 1 : 1 + volume(entry));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

const stepsOf = (parts: readonly (Estimate | undefined)[]): number =>
  sum(parts.map((each) => each?.steps ?? 0));

function gathered(parts: readonly Estimate[], length: number): Estimate {
  return { size: { length, entry: largest(parts.map(({ size }) => size)) }, steps: stepsOf(parts) + length };
}

function appended(sizes: readonly Size[]): Size {
  return { ...largest(sizes), length: sum(sizes.map(({ length }) => length)) };
}

function largest(sizes: readonly Size[]): Size {
  const length = Math.max(1, ...sizes.map((size) => size.length));
  const entries = sizes.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  return entries.length === 0 ? { length } : { length, entry: largest(entries) };
}

const named =
  (variable: string, size: Size, outer: Sizes): Sizes =>
  (name, field) =>
    name === variable ? (field === undefined ? size : entryOf(size)) : outer(name, field);

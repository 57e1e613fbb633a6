import { allCommands } from '../../../actions/commands.ts';
import type { FlagForm, FlagMeaning, FlagRule } from '../../../actions/grammar/flag.ts';
import { sharedFlags } from './shared-flags.ts';
import { type TypedCommand, typedCommands } from './typed-commands.ts';

/** A flag of kubectl with all that it can mean. */
export interface KnownFlag extends FlagForm {
  /** What it means for commands that do not say otherwise. */
  readonly shared?: FlagMeaning;
  /** What it means for some commands, by what is typed. */
  readonly own: ReadonlyMap<string, FlagMeaning>;
}

const isUsed = ({ meaning }: FlagRule): boolean => meaning.kind === 'used';

/** Those that are used come first: of two that a mistyped one resembles as much, one of them was meant. */
const RULES: readonly FlagRule[] = [...sharedFlags, ...allCommands.flatMap(({ flags }) => flags)].toSorted(
  (a, b) => Number(isUsed(b)) - Number(isUsed(a)),
);

const BY_LONG: ReadonlyMap<string, KnownFlag> = new Map(
  RULES.map((rule) => [rule.long, knownFlag(rule)] as const),
);

const BY_SHORT: ReadonlyMap<string, KnownFlag> = new Map(
  [...BY_LONG.values()].flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])),
);

function knownFlag({ long, short, takes }: FlagRule): KnownFlag {
  const shared = sharedFlags.find((each) => each.long === long)?.meaning;
  const own = typedCommands.flatMap((command) => {
    const rule = command.flags.find((each) => each.long === long);
    return rule === undefined ? [] : [[command.name, rule.meaning] as const];
  });
  return {
    long,
    ...(short === undefined ? {} : { short }),
    takes,
    ...(shared === undefined ? {} : { shared }),
    own: new Map(own),
  };
}

/** Every flag that can be typed, without its dashes. */
export const longFlags: readonly string[] = [...BY_LONG.keys()];

/** `replicas`, as in `--replicas`. */
export const longFlag = (name: string): KnownFlag | undefined => BY_LONG.get(name);

/** `n`, as in `-n`. */
export const shortFlag = (letter: string): KnownFlag | undefined => BY_SHORT.get(letter);

/**
 * What the flag means for this command, or the names of the commands it belongs to instead. One that no command uses is
 * refused for all in the words of the first that has it.
 */
export function meaningOf(
  { shared, own }: KnownFlag,
  { name }: TypedCommand,
): FlagMeaning | readonly string[] {
  const meaning = own.get(name) ?? shared;
  if (meaning) return meaning;
  const users = [...own].filter(([, each]) => each.kind === 'used').map(([user]) => user);
  const [first] = own.values();
  return users.length > 0 ? users : (first ?? users);
}

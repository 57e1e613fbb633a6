import type { Naming } from '../../../actions/command.ts';
import { type AnyCommand, allCommands } from '../../../actions/commands.ts';
import type { FlagRule, UsedFlag } from '../../../actions/grammar/flag.ts';
import type { Word } from '../../../actions/grammar/word.ts';
import type { TargetKind } from '../../../domain/action.ts';
import { kindIn } from './kinds.ts';

/** A command as it is typed. `delete` is two: which one, its object tells. */
export interface TypedCommand {
  /** What is typed, in one text. */
  readonly name: string;
  readonly words: AnyCommand['words'];
  readonly kinds: readonly TargetKind[];
  readonly names: Naming;
  readonly flags: readonly FlagRule[];
  readonly needs: readonly UsedFlag[];
  /** The one that takes this kind of object; the first for kinds that none takes. */
  readonly of: (kind: TargetKind | undefined) => AnyCommand;
}

const nameOf = ({ words }: AnyCommand): string => words.join(' ');

/** All that can be typed, in the order of the table. */
export const typedCommands: readonly TypedCommand[] = [...Map.groupBy(allCommands, nameOf)].flatMap(
  ([name, [first, ...others]]) => (first === undefined ? [] : [typedCommand(name, first, others)]),
);

function typedCommand(name: string, first: AnyCommand, others: readonly AnyCommand[]): TypedCommand {
  const all = [first, ...others];
  return {
    name,
    words: first.words,
    kinds: all.flatMap(({ kinds }) => kinds),
    names: first.names,
    flags: all.flatMap(({ flags }) => flags),
    needs: first.needs,
    of: (kind) => all.find(({ kinds }) => kinds.some((each) => each === kind)) ?? first,
  };
}

/** The form shown when somebody gets the verb right and the rest wrong; capitals mark what to fill in. */
export function usageOf(typed: TypedCommand, operands: readonly Word[]): string {
  const kind = kindIn(operands[0]);
  const { usage, usageByKind } = typed.of(kind);
  return (kind === undefined ? undefined : usageByKind[kind]) ?? usage;
}

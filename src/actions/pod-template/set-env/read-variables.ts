import { variableName, variableValue } from '../../../domain/values.ts';
import type { Details, Given } from '../../grammar/details.ts';
import { allGiven, type Flag, given, repeatable, valueFlag } from '../../grammar/flag.ts';
import { ONE_LINE, type PairRule, readPairs } from '../../grammar/pairs.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import { badValue, OVERWRITE, readContainers, readSwitch } from '../../grammar/values.ts';
import type { Word } from '../../grammar/word.ts';

/** `-e VARIABLE=VALUE`, the same as an operand. */
export const ENV = repeatable(valueFlag('env', 'e'));

const VARIABLES: PairRule = {
  thing: 'variable',
  key: variableName,
  keyForm: 'of letters, digits and "_"',
  value: variableValue,
  valueForm: ONE_LINE,
  example: 'VARIABLE=VALUE or VARIABLE-',
};

/** Operands and `-e` mean the same; kubectl replaces what is there unless --overwrite=false. */
export function readVariables({ operands, flags, end }: Given): Details | Objection {
  const all = allVariables(operands, allGiven(flags, ENV));
  if (isObjection(all)) return all;
  const read = readPairs(VARIABLES, all, 'set env', end);
  if (isObjection(read)) return read;
  const containers = readContainers(flags);
  if (isObjection(containers)) return containers;
  const overwrite = overwriting(given(flags, OVERWRITE));
  if (isObjection(overwrite)) return overwrite;
  const set = read.set.map(({ key, value }) => ({ name: key, value }));
  return { fields: { set, remove: read.remove, ...containers }, notes: overwrite.notes };
}

function allVariables(operands: readonly Word[], flags: readonly Flag[]): readonly Word[] | Objection {
  const all: Word[] = [...operands];
  for (const flag of flags) {
    if (!flag.value) return badValue(flag, 'VARIABLE=VALUE');
    all.push(flag.value);
  }
  const stdin = all.find(({ text }) => text === '-');
  if (!stdin) return all;
  const reason = 'There is no input to read variables from; write VARIABLE=VALUE.';
  return { code: 'file', reason, span: { start: stdin.start, end: stdin.end } };
}

function overwriting(flag: Flag | undefined): { readonly notes: readonly string[] } | Objection {
  if (!flag) return { notes: [] };
  const found = readSwitch(flag);
  if (isObjection(found)) return found;
  if (found.value)
    return { notes: [`${flag.name} has no effect: a variable that is there is always replaced.`] };
  const reason = 'A variable that is there is always replaced; --overwrite=false is not offered.';
  return { code: 'not-offered', reason, span: flag.span };
}

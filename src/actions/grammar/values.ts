import { labelName } from '../../domain/action.ts';
import { quoted } from './display.ts';
import type { Flag, GivenFlags, UsedFlag } from './flag.ts';
import { given, switchFlag, valueFlag } from './flag.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';

/** Kubernetes stores replicas as int32. */
export const mostReplicas = 2_147_483_647;

/** As many images, and containers, as an Action may hold. */
export const mostContainers = 20;

/** A value that is there may be replaced. */
export const OVERWRITE = switchFlag('overwrite');

/** Only these containers. */
export const CONTAINERS = valueFlag('containers', 'c');

interface Value<T> {
  readonly value: T;
}

/** Reads the value of a flag. */
export type FlagReader<T = unknown> = (flag: Flag) => Value<T> | Objection;

/** As pflag reads a switch (strconv.ParseBool): `--x` alone is true. */
export function readSwitch(flag: Flag): Value<boolean> | Objection {
  const text = flag.value?.text ?? 'true';
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return { value: true };
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return { value: false };
  return badValue(flag, 'true or false');
}

/** Reads a whole number; `expected` says which, in a refusal. */
export function readNumber(least: number, most: number, expected: string): FlagReader<number> {
  return (flag) => {
    const value = wholeNumber(flag.value?.text);
    return value !== undefined && value >= least && value <= most ? { value } : badValue(flag, expected);
  };
}

/**
 * Plain decimal without sign or leading zero, undefined for anything else. Go's own reading (strconv base 0) would
 * also take `010` as eight; a number must mean what it looks like.
 */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || (text.startsWith('0') && text !== '0')) return undefined;
  for (const character of text) if (character < '0' || character > '9') return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The flag with what it needs and what it has. */
export function badValue(flag: Flag, expected: string): Objection {
  const got = flag.value === undefined ? 'nothing follows it' : `not ${quoted(flag.value.text)}`;
  return { code: 'flag-value', reason: `${flag.name} needs ${expected}; ${got}.`, span: flag.span };
}

/** `-c app,proxy`; undefined for `*`, which is all of them, as is no flag at all. */
export function readContainers(flags: GivenFlags): { readonly containers?: readonly string[] } | Objection {
  const flag = given(flags, CONTAINERS);
  if (flag === undefined || flag.value?.text === '*') return {};
  const names = (flag.value?.text ?? '').split(',');
  const good = names.every((name) => labelName.safeParse(name).success);
  if (good && names.length <= mostContainers && new Set(names).size === names.length)
    return { containers: names };
  return badValue(flag, 'names of containers, each once, joined by commas, or "*" for all of them');
}

/** A field for each flag that is there. */
export function gathered(
  flags: GivenFlags,
  wanted: Readonly<Record<string, readonly [UsedFlag, FlagReader]>>,
): Readonly<Record<string, unknown>> | Objection {
  const fields: Record<string, unknown> = {};
  for (const [field, [rule, read]] of Object.entries(wanted)) {
    const flag = given(flags, rule);
    if (!flag) continue;
    const found = read(flag);
    if (isObjection(found)) return found;
    fields[field] = found.value;
  }
  return fields;
}

/** A field for each switch; off when it is not there. */
export function switches(
  flags: GivenFlags,
  wanted: Readonly<Record<string, UsedFlag>>,
): Readonly<Record<string, boolean>> | Objection {
  const fields: Record<string, boolean> = {};
  for (const [field, rule] of Object.entries(wanted)) {
    const flag = given(flags, rule);
    const found = flag ? readSwitch(flag) : { value: false };
    if (isObjection(found)) return found;
    fields[field] = found.value;
  }
  return fields;
}

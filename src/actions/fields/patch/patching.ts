import type { ActionOf } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import { isLeftOutAtZero } from '../../../domain/patchable.ts';

export type Value = string | number;

/** What a field holds now, undefined where nothing is; a number that is left out at zero is 0. */
export function valueNow({ fields }: Facts, path: string): Value | undefined {
  const found = fields?.find((each) => each.path === path);
  return found !== undefined && found.value === undefined && isLeftOutAtZero(path) ? 0 : found?.value;
}

/** What it will hold. */
export function valueAfter(action: ActionOf<'patch'>, facts: Facts, path: string): Value | undefined {
  return action.fields.find((field) => field.path === path)?.value ?? valueNow(facts, path);
}

/** One field that is written, with what it holds now. */
export interface Change {
  readonly path: string;
  readonly from: Value | undefined;
  readonly to: Value;
}

/** The fields that will hold something else. */
export function changesOf(action: ActionOf<'patch'>, facts: Facts): Change[] {
  return action.fields
    .map(({ path, value }) => ({ path, from: valueNow(facts, path), to: value }))
    .filter(({ from, to }) => from !== to);
}

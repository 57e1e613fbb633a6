import type { JsonObject } from '../json.ts';

/** By stored object: those below it when a controller looked and had nothing to do. */
const settled = new WeakMap<JsonObject, readonly JsonObject[]>();

/**
 * Whether the same object with the same ones below it was looked at before and nothing was to do. Stored objects are never
 * changed in place, so that the same ones say the same. Without it most of the simulator's time goes into looks at what rests.
 */
export function isSettled(object: JsonObject, below: readonly JsonObject[]): boolean {
  const before = settled.get(object);
  return before !== undefined && isSame(before, below);
}

/** Remembers a look that changed nothing, and whose result does not depend on the time. */
export function settle(object: JsonObject, below: readonly JsonObject[]): void {
  settled.set(object, below);
}

export const isSame = (left: readonly JsonObject[], right: readonly JsonObject[]): boolean =>
  left.length === right.length && left.every((each, index) => each === right[index]);

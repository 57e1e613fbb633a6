import type { Step } from './place.ts';

interface Change {
  readonly path: readonly Step[];
  readonly now: unknown;
}

/** Every leaf in which two values that came out of a parser differ; what is missing on one side is undefined there. */
export function changedPaths(before: unknown, now: unknown, path: readonly Step[] = []): readonly Change[] {
  if (Object.is(before, now)) return [];
  if (Array.isArray(before) && Array.isArray(now)) {
    const longer = before.length > now.length ? before : now;
    return longer.flatMap((_, index) => changedPaths(before[index], now[index], [...path, index]));
  }
  if (isRecord(before) && isRecord(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) => changedPaths(before[key], now[key], [...path, key]));
  }
  return [{ path, now }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

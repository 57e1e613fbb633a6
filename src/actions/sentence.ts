const named = 3;

/** `a`, `a and b`, `a, b, c and 2 more`: up to three names, sorted, so that the sentence is the same in any order. */
export function listed(names: readonly string[]): string {
  const sorted = names.toSorted();
  if (sorted.length > named) return `${sorted.slice(0, named).join(', ')} and ${sorted.length - named} more`;
  return joined(sorted);
}

/** `a`, `a and b`, `a, b and c`: all of them, in their own order. */
export function joined(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

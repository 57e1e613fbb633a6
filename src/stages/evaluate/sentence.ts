const named = 3;

/** `a`, `a and b`, `a, b, c and 2 more`: up to three names, sorted, so that the sentence is the same in any order. */
export function listed(names: readonly string[]): string {
  const sorted = names.toSorted();
  if (sorted.length > named) return `${sorted.slice(0, named).join(', ')} and ${sorted.length - named} more`;
  const last = sorted.at(-1) ?? '';
  return sorted.length < 2 ? last : `${sorted.slice(0, -1).join(', ')} and ${last}`;
}

/** A reference to another variable in a value, or the escape that leaves one as it is. */
export interface Reference {
  readonly name: string;
  readonly escaped: boolean;
}

/**
 * What the kubelet finds in the value of a variable: `$(NAME)` is replaced, `$$(NAME)` becomes `$(NAME)`. After
 * Kubernetes' third_party/forked/golang/expansion/expand.go: `$` before anything else stays, and so does a `$(` that is
 * never closed.
 */
export function referencesIn(value: string): Reference[] {
  const found: Reference[] = [];
  for (let at = value.indexOf('$'); at >= 0; at = value.indexOf('$', at)) {
    const next = value[at + 1];
    if (next === '$') {
      const name = nameAt(value, at + 2);
      if (name !== undefined) found.push({ name, escaped: true });
      at += 2;
      continue;
    }
    const name = nameAt(value, at + 1);
    if (name !== undefined) found.push({ name, escaped: false });
    at += name === undefined ? 1 : name.length + 3;
  }
  return found;
}

/** What stands in parentheses from here on. */
function nameAt(value: string, at: number): string | undefined {
  if (value[at] !== '(') return undefined;
  const end = value.indexOf(')', at);
  return end < 0 ? undefined : value.slice(at + 1, end);
}

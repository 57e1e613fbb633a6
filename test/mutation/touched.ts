/** Lines from `first` to `last`, both among them, of a file as it is now. */
export interface Lines {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

/**
 * The lines that a change has put in or altered.
 *
 * @param diff what `git diff --unified=0 --no-color` says
 */
export function touchedLines(diff: string): readonly Lines[] {
  const found: Lines[] = [];
  let file: string | undefined;
  let before = '';
  for (const line of diff.split('\n')) {
    // An added line may begin with the same signs; the names of a file come in pairs.
    if (line.startsWith('+++ ') && before.startsWith('--- '))
      file = line.startsWith('+++ b/') ? line.slice(6) : undefined;
    before = line;
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null || file === undefined) continue;
    const first = Number(hunk[1]);
    const count = Number(hunk[2] ?? 1);
    if (count > 0) found.push({ file, first, last: first + count - 1 });
  }
  return found;
}

/** A set of the words of a text, for lists that are long. */
export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.match(/\S+/g));
}

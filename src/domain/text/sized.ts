/**
 * What a value is that is too small or too large: a list or a text is counted, and its own number told.
 *
 * @param origin Zod's word for what is counted or compared: `string`, `array`, `number` ...
 * @param bound such as `at most 20`
 */
export function sized({ origin, input }: { origin: string; input?: unknown }, bound: string): string {
  if (input === '') return 'must not be empty';
  if (origin === 'string')
    return `must have ${bound} characters${typeof input === 'string' ? `, and has ${input.length}` : ''}`;
  if (origin !== 'array') return `must be ${bound}`;
  const has = Array.isArray(input) && input.length > 0 ? input.length : 'none';
  return `must have ${bound} ${bound.endsWith(' 1') ? 'entry' : 'entries'}, and has ${has}`;
}

import { isJsonObject, type Json } from './json.ts';
import { redact } from './redact.ts';

/**
 * A JSON value without secrets. Keys stay; a text is taken out whole when its key says that it is a secret, and so is
 * the `value` of what has a `name`, as the environment variables of a container do.
 */
export function redactLeaves(value: Json, key = ''): Json {
  if (typeof value === 'string') return saysSecret(key) ? '[redacted]' : redact(value);
  if (Array.isArray(value)) return value.map((item) => redactLeaves(item, key));
  if (!isJsonObject(value)) return value;
  const { name } = value;
  return Object.fromEntries(
    Object.entries(value).map(([each, item]) => [
      each,
      redactLeaves(item, each === 'value' && typeof name === 'string' ? name : each),
    ]),
  );
}

/** Whatever is assigned to such a name is taken out of text, too. */
const saysSecret = (name: string): boolean => redact(`${name}: abcdef`) !== `${name}: abcdef`;

import { parse, type Scalar } from 'yaml';

/** What a field of a manifest may hold. */
export type Value = string | number | boolean;

/**
 * A value in the way in which the one before it was written: in its quotes, or bare where both YAML 1.1 and 1.2 read the
 * bare word as what is meant. A text that replaces a bare one gets quotes where it would be read as a number or as true.
 * @returns undefined for a text that needs more than one line
 */
export function written(
  value: Value,
  before: Scalar,
  { source, isJson }: { readonly source: string; readonly isJson: boolean },
): string | undefined {
  if (typeof value === 'string' && /[\p{Cc}\u2028\u2029\ufeff]/u.test(value)) return undefined;
  if (before.type === 'QUOTE_DOUBLE') return quoted(value);
  if (before.type === 'QUOTE_SINGLE') return `'${String(value).replaceAll("'", "''")}'`;
  if (typeof value !== 'string') return String(value);
  return !isJson && isBare(value, source) ? value : quoted(value);
}

const quoted = (value: Value): string => JSON.stringify(String(value));

/** In a list in brackets, or in a mapping in braces, commas and brackets end a bare word: such texts are quoted as well. */
function isBare(text: string, source: string): boolean {
  if (source === '' || /[,[\]{}]/.test(text)) return false;
  return !isNumberInGo(text) && (['1.1', '1.2'] as const).every((version) => readsAs(text, version));
}

/** What Kubernetes, Kustomize and Helm read as a number besides: `0X1F`, `0o1_7` (gopkg.in/yaml.v2, resolve.go). */
function isNumberInGo(text: string): boolean {
  const plain = text.replaceAll('_', '');
  return /^[-+]?0[box][0-9a-f]+$/i.test(plain) || /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(plain);
}

function readsAs(text: string, version: '1.1' | '1.2'): boolean {
  try {
    const read: unknown = parse(`key: ${text}`, { version });
    return typeof read === 'object' && read !== null && 'key' in read && read.key === text;
  } catch {
    return false;
  }
}

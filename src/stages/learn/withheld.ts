import { secretTexts } from '../../actions/secret-texts.ts';
import type { Request } from '../../domain/action.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/text/json.ts';
import { jsonPointer } from '../../domain/text/json-pointer.ts';
import { redact } from '../../domain/text/redact.ts';
import { isSecret } from '../../domain/text/secret-name.ts';
import { withoutValues } from '../../domain/text/without-values.ts';

/** A value as it may leave the process, and the places (JSON pointers) at which it is not what is stored. */
export interface Withheld {
  readonly value: Json;
  readonly paths: readonly string[];
}

/** Where whole pod templates stand: those of revisions, and what an undo or a new Job is written from. */
const templates: ReadonlySet<string> = new Set(['template', 'body']);

/** What an undo writes, tests and recognises: the template, its pod spec, its annotations. */
const templatePath = /^\/spec\/template(\/(spec|metadata\/annotations))?$/;

/**
 * Takes out what leaves the process nowhere: values in pod templates, what looks like a secret, and a value of a request
 * that could not be shown to those who approve. `requests`: those whose values are in it.
 */
export function withhold(value: Json, requests: readonly Request[]): Withheld {
  const hidden = requests.flatMap(hiddenIn);
  const clean = withheldIn(value, (text) => {
    const left = hidden.reduce((rest, each) => rest.replaceAll(each, '[not shown]'), text);
    return redact(left);
  });
  return { value: clean, paths: differing(value, clean, '') };
}

function hiddenIn(request: Request): readonly string[] {
  const secret = secretTexts(request).filter(isSecret);
  return secret.map((text) => text.slice(text.indexOf('=') + 1)).filter((text) => text !== '');
}

function withheldIn(value: Json, clean: (text: string) => string): Json {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((each) => withheldIn(each, clean));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withheldIn(plain(key, each, value), clean)]),
  );
}

function plain(key: string, value: Json, within: JsonObject): Json {
  if (templates.has(key)) return withoutValues(value);
  const path = key === 'value' ? within['path'] : undefined;
  if (typeof path !== 'string' || !templatePath.test(path)) return value;
  return path.endsWith('/annotations')
    ? annotationsOf(withoutValues({ annotations: value }))
    : withoutValues(value);
}

const annotationsOf = (wrapped: Json): Json =>
  isJsonObject(wrapped) ? (wrapped['annotations'] ?? null) : wrapped;

function differing(stored: Json, shown: Json, at: string): readonly string[] {
  if (Array.isArray(stored) && Array.isArray(shown))
    return stored.flatMap((each, index) => differing(each, shown[index] ?? null, `${at}/${index}`));
  if (isJsonObject(stored) && isJsonObject(shown))
    return Object.entries(stored).flatMap(([key, each]) =>
      differing(each, shown[key] ?? null, `${at}${jsonPointer(key)}`),
    );
  return stored === shown ? [] : [at];
}

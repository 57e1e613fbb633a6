import { isJsonObject, type Json } from './json.ts';

const hidden = '[not shown]';

/**
 * A pod template as it may leave the process: what its containers are called and run stays, and the values of their
 * variables, their commands and arguments, all annotations, what probes ask for, and what volume drivers are given are
 * taken out.
 */
export function withoutValues(template: Json): Json {
  if (Array.isArray(template)) return template.map(withoutValues);
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, keptOf(key, value, template)]),
  );
}

/** Maps of texts that anybody writes: on an object, to a CSI driver, to a FlexVolume. */
const freeTexts: ReadonlySet<string> = new Set(['annotations', 'volumeAttributes', 'options']);

function keptOf(key: string, value: Json, within: Json): Json {
  if ((key === 'command' || key === 'args') && Array.isArray(value)) return value.map(() => hidden);
  if (freeTexts.has(key) && isJsonObject(value))
    return Object.fromEntries(Object.keys(value).map((each) => [each, hidden]));
  if (key === 'path' && isJsonObject(within) && 'port' in within) return hidden;
  const named = isJsonObject(within) && typeof within['name'] === 'string';
  if (key === 'value' && named && typeof value === 'string') return hidden;
  return withoutValues(value);
}

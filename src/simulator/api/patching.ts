import { parse } from 'yaml';
import { isJsonObject, type Json, type JsonObject, json } from '../json.ts';
import { applyJsonPatch, jsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMerge } from '../patch/strategic-merge.ts';
import { badRequest, patchFailed, unsupportedMediaType } from '../refusal.ts';
import type { Request } from './request.ts';

/** The body as JSON; 400 for what is not. YAML is read too, since JSON is a part of it and kubectl may send either. */
function bodyOf(request: Request): Json {
  const contentType = request.headers['content-type'] ?? '';
  // kubectl sends protobuf for some built-in kinds (auth can-i); the simulator reads JSON and YAML only.
  if (contentType.includes('protobuf'))
    throw unsupportedMediaType(contentType, ['application/json', 'application/yaml']);
  const isYaml = contentType.includes('yaml');
  try {
    return json.parse(isYaml ? parse(request.body) : JSON.parse(request.body));
  } catch (error) {
    throw badRequest(`the object provided is unrecognized (must be of type JSON): ${String(error)}`);
  }
}

export function objectOf(request: Request): JsonObject {
  const body = bodyOf(request);
  if (!isJsonObject(body)) throw badRequest('the request must be an object, not a list or a plain value');
  return body;
}

const accepted = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** The object with the request's patch applied, by the patch's content type. */
export function patched(request: Request, object: JsonObject): JsonObject {
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const body = accepted.includes(contentType) ? bodyOf(request) : null;
  switch (contentType) {
    case 'application/json-patch+json':
      return asObject(byJsonPatch(body, object));
    case 'application/merge-patch+json':
      return asObject(applyMergePatch(object, asPatch(body)));
    case 'application/strategic-merge-patch+json':
      return asObject(applyStrategicMerge(object, asPatch(body)));
    default:
      throw unsupportedMediaType(contentType, accepted);
  }
}

function byJsonPatch(body: Json, object: JsonObject): Json {
  const patch = jsonPatch.safeParse(body);
  if (!patch.success)
    throw badRequest(`error decoding patch: ${patch.error.issues[0]?.message ?? 'not a JSON patch'}`);
  const result = applyJsonPatch(object, patch.data);
  // The API server does not say which operation failed.
  if (result === undefined) throw patchFailed();
  return result;
}

function asPatch(body: Json): JsonObject {
  if (!isJsonObject(body)) throw badRequest('the patch must be an object for this content type');
  return body;
}

function asObject(value: Json): JsonObject {
  if (!isJsonObject(value)) throw patchFailed();
  return value;
}

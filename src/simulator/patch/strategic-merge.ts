import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/**
 * By which key the items of a list are the same item (`patchMergeKey` in k8s.io/api). Lists that are not named
 * here are replaced whole, as tolerations and taints are.
 */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  imagePullSecrets: ['name'],
  // A container's port goes by containerPort, a service's by port.
  ports: ['containerPort', 'port'],
  conditions: ['type'],
  addresses: ['type'],
  ownerReferences: ['uid'],
  topologySpreadConstraints: ['topologyKey'],
  hostAliases: ['ip'],
};

/** Lists of plain values that are merged as sets. */
const sets = new Set(['finalizers']);

/**
 * Strategic merge patch (apimachinery, pkg/util/strategicpatch): a merge patch that knows which lists are merged
 * by key. Understands `$patch: replace|delete|merge`, `$retainKeys`, `$deleteFromPrimitiveList/...`; the order
 * that `$setElementOrder/...` asks for is the order the list gets.
 */
export function applyStrategicMerge(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return structuredClone(patch);
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  const kept = retained(isJsonObject(target) ? target : {}, patch['$retainKeys']);
  const merged = new Map(Object.entries(kept));
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) applyDirective(merged, key, value);
    else if (value === null || isDeletion(value)) merged.delete(key);
    else merged.set(key, mergeField(key, merged.get(key), value));
  }
  return inOrder(Object.fromEntries(merged), patch);
}

function mergeField(key: string, current: Json | undefined, value: Json): Json {
  if (!Array.isArray(value)) return applyStrategicMerge(current, value);
  const old = Array.isArray(current) ? current : [];
  if (sets.has(key)) return [...new Set([...old, ...value])];
  const mergeKey = mergeKeys[key]?.find((name) =>
    [...value, ...old].some((item) => isJsonObject(item) && name in item),
  );
  return mergeKey === undefined ? structuredClone(value) : mergeList(old, value, mergeKey);
}

function mergeList(old: readonly Json[], changes: readonly Json[], mergeKey: string): Json[] {
  if (changes.some((change) => isJsonObject(change) && change['$patch'] === 'replace'))
    return changes.filter((change) => !isJsonObject(change) || change['$patch'] !== 'replace');
  const merged = [...old];
  for (const change of changes.filter(isJsonObject)) {
    const index = merged.findIndex((item) => isJsonObject(item) && item[mergeKey] === change[mergeKey]);
    if (isDeletion(change)) merged.splice(index < 0 ? merged.length : index, 1);
    else if (index < 0) merged.push(applyStrategicMerge(undefined, change));
    else merged[index] = applyStrategicMerge(merged[index], change);
  }
  return merged;
}

function isDeletion(value: Json): boolean {
  return isJsonObject(value) && value['$patch'] === 'delete';
}

function retained(target: JsonObject, keys: Json | undefined): JsonObject {
  if (!Array.isArray(keys)) return target;
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function applyDirective(merged: Map<string, Json>, directive: string, value: Json): void {
  const [name, field] = directive.split('/');
  if (name !== '$deleteFromPrimitiveList' || field === undefined || !Array.isArray(value)) return;
  const current = merged.get(field);
  if (Array.isArray(current))
    merged.set(
      field,
      current.filter((item) => !value.includes(item)),
    );
}

function inOrder(object: JsonObject, patch: JsonObject): JsonObject {
  for (const [directive, order] of Object.entries(patch)) {
    const [name, field] = directive.split('/');
    if (name !== '$setElementOrder' || field === undefined || !Array.isArray(order)) continue;
    const list = object[field];
    if (Array.isArray(list)) object[field] = ordered(list, order, mergeKeys[field]);
  }
  return object;
}

function ordered(list: readonly Json[], order: readonly Json[], keys: readonly string[] = []): Json[] {
  const identity = (item: Json) =>
    isJsonObject(item) ? keys.map((key) => item[key]).find((id) => id !== undefined) : item;
  const wanted = order.map(identity);
  const place = (item: Json) => {
    const found = wanted.indexOf(identity(item));
    return found < 0 ? wanted.length : found;
  };
  return [...list].sort((left, right) => place(left) - place(right));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  const rest = Object.entries(patch).filter(([key]) => !key.startsWith('$'));
  return structuredClone(Object.fromEntries(rest));
}

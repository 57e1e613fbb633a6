import type { ContainerChange, NamesChanged, TemplateChange } from '../../domain/facts/revision.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../domain/text/json.ts';
import { valueAt } from '../../domain/text/json-pointer.ts';
import { cleanTemplate } from './template.ts';

/** What `kubectl rollout restart` writes to the template. */
const restartAnnotation = 'kubectl.kubernetes.io/restartedAt';

/**
 * What a template would change of the live one. Every difference is in it: what has no place of its own is in `fields`.
 * Undefined where one of them is no template.
 */
export function templateChange(live: Json | undefined, next: Json | undefined): TemplateChange | undefined {
  const [from, to] = [cleanTemplate(live), cleanTemplate(next)];
  if (from === undefined || to === undefined) return undefined;
  const [before, after] = [partsOf(from), partsOf(to)];
  const annotations = mapChange(before.annotations, after.annotations);
  const plain = annotations && without(annotations, restartAnnotation);
  const volumes = namesChange(before.volumes, after.volumes);
  const labels = mapChange(before.labels, after.labels);
  return {
    containers: containerChanges(before.containers, after.containers),
    ...(volumes === undefined ? {} : { volumes }),
    ...(labels === undefined ? {} : { labels }),
    ...(plain === undefined ? {} : { annotations: plain }),
    fields: [
      ...otherKeys(from, to, ['metadata', 'spec']),
      ...prefixed('metadata', otherKeys(before.metadata, after.metadata, ['labels', 'annotations'])),
      ...prefixed('spec', otherKeys(before.spec, after.spec, ['containers', 'initContainers', 'volumes'])),
      ...orderOf('containers', before.containers, after.containers),
      ...orderOf('volumes', before.volumes, after.volumes),
    ],
    restart: before.annotations[restartAnnotation] !== after.annotations[restartAnnotation],
  };
}

/**
 * What a template comes to but for a restart, as one text: two that differ in nothing else have the same. Undefined for what
 * is no template.
 */
export function contentText(template: Json | undefined): string | undefined {
  const clean = cleanTemplate(template);
  if (clean === undefined) return undefined;
  const { metadata, spec, ...rest } = clean;
  const { labels, annotations, ...others } = isJsonObject(metadata) ? metadata : {};
  const { [restartAnnotation]: _restart, ...notes } = isJsonObject(annotations) ? annotations : {};
  return canonicalJson({
    ...rest,
    metadata: { ...others, labels: labels ?? {}, annotations: notes },
    spec: isJsonObject(spec) ? { volumes: [], initContainers: [], ...spec, ...storedContainers(spec) } : {},
  });
}

/** The API server leaves out a list that is empty, as when the last variable has gone. */
function storedContainers(spec: JsonObject): JsonObject {
  const stored: JsonObject = {};
  for (const key of ['containers', 'initContainers']) {
    const list = spec[key];
    if (Array.isArray(list)) stored[key] = list.map(withoutEmptyLists);
  }
  return stored;
}

function withoutEmptyLists(container: Json): Json {
  if (!isJsonObject(container)) return container;
  const isEmpty = (value: Json | undefined) => Array.isArray(value) && value.length === 0;
  return Object.fromEntries(Object.entries(container).filter(([, value]) => !isEmpty(value)));
}

/** True where nothing differs but the annotation of a restart. */
export function isSameContent({ containers, volumes, labels, annotations, fields }: TemplateChange): boolean {
  return (
    containers.length === 0 &&
    volumes === undefined &&
    labels === undefined &&
    annotations === undefined &&
    fields.length === 0
  );
}

type Maps = Readonly<Record<string, Json>>;

/** An entry of a list by its name; those of one name together. */
type Named = ReadonlyMap<string, Json>;

function partsOf(template: JsonObject) {
  const [metadata, spec] = [mapAt(template, 'metadata'), mapAt(template, 'spec')];
  const containers = new Map<string, Json>();
  for (const [prefix, list] of [
    ['init ', spec['initContainers']],
    ['', spec['containers']],
  ] as const)
    for (const [name, value] of named(list)) containers.set(`${prefix}${name}`, value);
  return {
    metadata,
    spec,
    labels: mapAt(metadata, 'labels'),
    annotations: mapAt(metadata, 'annotations'),
    containers,
    volumes: named(spec['volumes']),
  };
}

function mapAt(parent: Maps, key: string): Maps {
  const value = parent[key];
  return isJsonObject(value) ? value : {};
}

function named(list: Json | undefined): Named {
  const found = new Map<string, Json[]>();
  for (const entry of Array.isArray(list) ? list : []) {
    const name = valueAt(entry, 'name');
    const key = typeof name === 'string' ? name : '';
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return new Map(
    [...found].map(([name, entries]) => [name, entries.length === 1 ? (entries[0] ?? null) : entries]),
  );
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function namesChange(before: Named, after: Named): NamesChanged | undefined {
  const change = {
    added: [...after.keys()].filter((name) => !before.has(name)).sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
    changed: [...before.keys()]
      .filter((name) => after.has(name) && !same(before.get(name), after.get(name)))
      .sort(),
  };
  return isNothing(change) ? undefined : change;
}

const isNothing = ({ added, removed, changed }: NamesChanged): boolean =>
  added.length + removed.length + changed.length === 0;

const mapChange = (before: Maps, after: Maps) =>
  namesChange(new Map(Object.entries(before)), new Map(Object.entries(after)));

function without({ added, removed, changed }: NamesChanged, left: string): NamesChanged | undefined {
  const others = (list: readonly string[]) => list.filter((name) => name !== left);
  const rest = { added: others(added), removed: others(removed), changed: others(changed) };
  return isNothing(rest) ? undefined : rest;
}

/** Keys outside those that have a place of their own, whose values differ. */
function otherKeys(before: Maps, after: Maps, own: readonly string[]): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.filter((key) => !own.includes(key) && !same(before[key], after[key]));
}

const prefixed = (prefix: string, keys: readonly string[]) => keys.map((key) => `${prefix}.${key}`);

/** The order of what both have: variables are expanded in theirs, init containers run in theirs. */
function orderOf(what: string, before: Named, after: Named): string[] {
  const common = (names: Named, others: Named) =>
    [...names.keys()].filter((name) => others.has(name)).join(' ');
  return common(before, after) === common(after, before) ? [] : [`order of ${what}`];
}

function containerChanges(before: Named, after: Named): ContainerChange[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key) => {
    const [from, to] = [before.get(key), after.get(key)];
    if (same(from, to)) return [];
    const init = key.startsWith('init ');
    return [containerChange({ name: init ? key.slice(5) : key, init }, from, to)];
  });
}

const ownPlaces = ['name', 'image', 'env', 'resources'];

function containerChange(
  own: Pick<ContainerChange, 'name' | 'init'>,
  from: Json | undefined,
  to: Json | undefined,
): ContainerChange {
  const [before, after] = [isJsonObject(from) ? from : {}, isJsonObject(to) ? to : {}];
  const becomes = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
  const [oldEnv, newEnv] = [named(before['env']), named(after['env'])];
  const env = namesChange(oldEnv, newEnv);
  const resources = resourceChanges(mapAt(before, 'resources'), mapAt(after, 'resources'));
  const image = same(before['image'], after['image']) ? undefined : fromTo(before['image'], after['image']);
  const fields = [
    ...otherKeys(before, after, ownPlaces),
    ...prefixed(
      'resources',
      otherKeys(mapAt(before, 'resources'), mapAt(after, 'resources'), ['limits', 'requests']),
    ),
    ...orderOf('variables', oldEnv, newEnv),
  ];
  const told = image !== undefined || env !== undefined || resources.length + fields.length > 0;
  return {
    ...own,
    becomes,
    ...(image === undefined ? {} : { image }),
    ...(env === undefined ? {} : { env }),
    ...(resources.length === 0 ? {} : { resources }),
    // An empty list instead of none, two of one name: what has no words of its own is still a difference.
    fields: told ? fields : ['what it is written as'],
  };
}

function fromTo(from: Json | undefined, to: Json | undefined): { from?: string; to?: string } {
  return {
    ...(from === undefined ? {} : { from: String(from) }),
    ...(to === undefined ? {} : { to: String(to) }),
  };
}

function resourceChanges(before: Maps, after: Maps) {
  return ['limits', 'requests'].flatMap((kind) => {
    const [from, to] = [mapAt(before, kind), mapAt(after, kind)];
    return otherKeys(from, to, []).map((name) => ({
      field: `${kind}.${name}`,
      ...fromTo(from[name], to[name]),
    }));
  });
}

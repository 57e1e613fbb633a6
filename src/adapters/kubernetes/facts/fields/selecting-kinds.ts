import { z } from 'zod';
import type { Facts } from '../../../../domain/facts/facts.ts';
import type { Selector } from '../../../../domain/selector.ts';
import { isJsonObject, type Json, type JsonObject, json } from '../../../../domain/text/json.ts';
import { metadata, selector } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { type Kind, resourceOf, versionsOf } from '../../client/resource.ts';
import type { Unknowns } from '../unknowns.ts';

type Picker = NonNullable<Facts['pickers']>[number];

/**
 * What goes by the labels of pods, besides Services and controllers: who may reach whom, how a mesh treats them, who watches
 * them (kubernetes.io, "Network Policies"; istio.io, "Workload Selector"; docs.cilium.io, "Layer 3 Examples"; docs.tigera.io,
 * "Network policy"; linkerd.io, "Authorization Policy"; prometheus-operator.dev, "PodMonitor"). All but the first are
 * installed kinds: what is not served selects nothing. `once`: served under a single version.
 */
const once = [
  'AdminNetworkPolicy',
  'EnvoyFilter',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'CalicoNetworkPolicy',
  'GlobalNetworkPolicy',
  'PodMonitor',
] as const satisfies readonly Kind[];

const versioned = [
  'AuthorizationPolicy',
  'PeerAuthentication',
  'RequestAuthentication',
  'DestinationRule',
  'Sidecar',
  'Gateway',
  'ServiceEntry',
  'Server',
] as const satisfies readonly Kind[];

const shape = z.object({ metadata, spec: json.optional() });
type Shape = z.infer<typeof shape>;

/** Reads them from all namespaces, side by side: a policy elsewhere may let these pods in. One that may not be read is noted. */
export async function readSelecting(
  reader: Reader,
  unknowns: Unknowns,
  namespace: string,
): Promise<Picker[]> {
  const noted = (kind: string, reading: Parameters<typeof unknowns.orUnknown<Shape[]>>[1]) =>
    unknowns.orUnknown('label selectors', reading, kind).then((found = []) => ({ kind, found }));
  const lists = await Promise.all([
    noted('NetworkPolicy', reader.list(shape, resourceOf('NetworkPolicy'))),
    ...once.map((kind) => noted(kind, reader.listIfServed(shape, resourceOf(kind)))),
    ...versioned.map((kind) => noted(kind, reader.listFirstServed(shape, versionsOf(kind)))),
  ]);
  return lists.flatMap(({ kind, found }) => found.flatMap((each) => pickersOf(kind, each, namespace)));
}

function pickersOf(
  kind: string,
  { metadata: { name, namespace: home }, spec }: Shape,
  namespace: string,
): Picker[] {
  const isElsewhere = home !== undefined && home !== namespace;
  const place = isElsewhere ? { namespace: home } : {};
  const isPeer = (beside: readonly string[]) => beside.includes('namespaceSelector');
  return selectorsIn(spec ?? null)
    .filter(({ beside }) => !isElsewhere || kind !== 'NetworkPolicy' || isPeer(beside))
    .map(({ beside: _, ...found }): Picker => ({ kind, name, ...place, ...found }));
}

interface Found extends Pick<Picker, 'selector' | 'expression'> {
  /** The fields around it. */
  readonly beside: readonly string[];
}

/** Fields that hold labels themselves, with no word around them: of Istio's Gateway, subsets and workload selectors. */
const plainMaps: ReadonlySet<string> = new Set(['selector', 'labels']);

/** Selectors of something else than pods. */
const others: ReadonlySet<string> = new Set(['namespaceSelector', 'serviceAccountSelector', 'nodeSelector']);

/** Every selector of pods anywhere in a spec, whatever a kind calls it: one too many asks a person, one too few nobody. */
export function selectorsIn(value: Json, field = '', beside: readonly string[] = []): Found[] {
  if (Array.isArray(value)) return value.flatMap((each) => selectorsIn(each, field, beside));
  if (typeof value === 'string')
    return /selector$/i.test(field) && !others.has(field) ? ofExpression(value, beside) : [];
  if (!isJsonObject(value)) return [];
  if ('matchLabels' in value || 'matchExpressions' in value) return [{ selector: selectorOf(value), beside }];
  const texts = plainMaps.has(field) ? labelMap.safeParse(value).data : undefined;
  if (texts !== undefined)
    return [{ selector: { matchLabels: withoutSource(texts), matchExpressions: [] }, beside }];
  const names = Object.keys(value);
  return Object.entries(value).flatMap(([name, each]) =>
    others.has(name) ? [] : selectorsIn(each, name, names),
  );
}

const labelMap = z.record(z.string(), z.string());

/** `k8s:app` and `any:app` are Cilium's ways to say where a label comes from. */
const keyOf = (key: string): string => key.replace(/^(k8s|any)[:.]/, '');
const withoutSource = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [keyOf(key), value]));

function selectorOf(value: JsonObject): Selector {
  const { matchLabels, matchExpressions } = selector.parse(value);
  return {
    matchLabels: withoutSource(matchLabels),
    matchExpressions: matchExpressions.map((each) => ({ ...each, key: keyOf(each.key) })),
  };
}

/** Words of Calico's language that are no keys (docs.tigera.io, "Network policy", selectors). */
const words: ReadonlySet<string> = new Set('all global has in not starts ends with contains'.split(' '));

/** `app == 'db' && has(tier)`: the keys that it asks for. What it comes to is not worked out. */
function ofExpression(expression: string, beside: readonly string[]): Found[] {
  const bare = expression.replaceAll(/'[^']*'|"[^"]*"/g, ' ');
  const keys = (bare.match(/[A-Za-z0-9][-A-Za-z0-9._/]*/g) ?? []).filter((word) => !words.has(word));
  const matchExpressions = [...new Set(keys)].map((key) => ({ key, operator: 'Exists', values: [] }));
  return [{ selector: { matchLabels: {}, matchExpressions }, expression, beside }];
}

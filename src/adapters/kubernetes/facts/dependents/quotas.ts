import type { Dependents } from '../../../../domain/facts/dependents.ts';
import { quantity } from '../../../../domain/text/quantity.ts';
import type { Container, PodSpec, Quota } from './objects.ts';
import { byName } from './selecting.ts';

/**
 * For how many more of these pods each quota that holds for them lasts, by the resource that runs out first.
 *
 * @param spec of such a pod, with what admission has added if one is there to look at
 */
export function quotasFor(quotas: readonly Quota[], spec: PodSpec): Dependents['quotas'] {
  return quotas
    .filter((quota) => holdsFor(quota, spec))
    .flatMap(({ metadata: { name }, status: { hard, used } }) => {
      const left = Object.entries(hard).flatMap(([resource, limit]) => {
        const one = demandOf(resource, spec);
        const [most, now] = [quantity(limit), quantity(used[resource] ?? '0')];
        if (one === 0 || most === undefined || now === undefined) return [];
        // The small number: 0.3 - 0.2 is not 0.1 in floating point.
        const podsLeft = Math.max(0, Math.floor((most - now) / one + 1e-6));
        return [{ name, resource, used: used[resource] ?? '0', hard: limit, podsLeft }];
      });
      const [first] = left.toSorted((a, b) => a.podsLeft - b.podsLeft || (a.resource < b.resource ? -1 : 1));
      return first === undefined ? [] : [first];
    })
    .toSorted(byName);
}

/** All its scopes must hold (podMatchesScopeFunc in pkg/quota/v1/evaluator/core/pods.go). */
function holdsFor({ spec: { scopes, scopeSelector } }: Quota, spec: PodSpec): boolean {
  const plain = scopes.map((scopeName) => ({ scopeName, operator: 'Exists', values: [] }));
  const selected = scopeSelector?.matchExpressions ?? [];
  return [...plain, ...selected].every((scope) => isWithin(scope, spec));
}

interface Scope {
  readonly scopeName: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A scope that is not known here may hold: what is not known never counts as room. */
function isWithin({ scopeName, operator, values }: Scope, spec: PodSpec): boolean {
  switch (scopeName) {
    case 'Terminating':
      return isTerminating(spec);
    case 'NotTerminating':
      return !isTerminating(spec);
    case 'BestEffort':
      return isBestEffort(spec);
    case 'NotBestEffort':
      return !isBestEffort(spec);
    case 'PriorityClass':
      return isOfClass(spec.priorityClassName, operator, values);
    case 'CrossNamespacePodAffinity':
      return looksElsewhere(spec);
    case 'VolumeAttributesClass':
      return false;
    default:
      return true;
  }
}

const isTerminating = ({ activeDeadlineSeconds }: PodSpec): boolean => activeDeadlineSeconds != null;

/** No processor time and no memory, asked for or limited (ComputePodQOS in pkg/apis/core/helper/qos). */
function isBestEffort({ containers, initContainers, resources }: PodSpec): boolean {
  const amounts = [...containers, ...initContainers, { resources }]
    .flatMap(({ resources: { requests, limits } }) => [requests, limits])
    .flatMap(({ cpu = '0', memory = '0' }) => [cpu, memory]);
  return amounts.every((amount) => (quantity(amount) ?? 0) === 0);
}

function isOfClass(name: string | undefined, operator: string, values: readonly string[]): boolean {
  if (operator === 'Exists') return name !== undefined;
  if (operator === 'DoesNotExist') return name === undefined;
  const among = name !== undefined && values.includes(name);
  return operator === 'In' ? among : !among;
}

function looksElsewhere({ affinity }: PodSpec): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }) => podAffinityTerm,
    ),
  ]);
  return terms.some(
    ({ namespaces, namespaceSelector }) => namespaces.length > 0 || namespaceSelector != null,
  );
}

/** What of a pod asks for something. */
type Demanding = Pick<PodSpec, 'containers' | 'initContainers' | 'resources' | 'overhead'>;

/** What a quota counts under a name: `requests.cpu`, `limits.memory`, `requests.nvidia.com/gpu`, or without a prefix. */
const counted = /^(?:(requests|limits)\.(.+)|cpu|memory|ephemeral-storage|hugepages-.+)$/;

/**
 * What one pod takes of a quota's resource: the larger of what its containers need together and what the init containers
 * need one after the other; sidecars (init containers that are always restarted) run beside both, and the overhead of a
 * RuntimeClass comes on top (PodRequests and PodLimits in k8s.io/component-helpers/resource).
 */
export function demandOf(resource: string, spec: Demanding): number {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const found = counted.exec(resource);
  if (found === null) return 0;
  const [, kind = 'requests', name = resource] = found;
  const of = ({ resources: { requests, limits } }: Container): number | undefined => {
    // Of what is only limited the limit is requested (SetDefaults_Pod).
    const amount = kind === 'limits' ? limits[name] : (requests[name] ?? limits[name]);
    return amount === undefined ? undefined : quantity(amount);
  };
  const own = of({ resources: spec.resources }) ?? together(spec, (each) => of(each) ?? 0);
  const isUnlimited = kind === 'limits' && own === 0;
  return own + (isUnlimited ? 0 : (quantity(spec.overhead[name] ?? '0') ?? 0));
}

function together({ containers, initContainers }: Demanding, of: (container: Container) => number): number {
  let sidecars = 0;
  let peak = 0;
  for (const each of initContainers) {
    if (each.restartPolicy === 'Always') sidecars += of(each);
    peak = Math.max(peak, each.restartPolicy === 'Always' ? sidecars : sidecars + of(each));
  }
  return Math.max(
    containers.reduce((sum, each) => sum + of(each), sidecars),
    peak,
  );
}

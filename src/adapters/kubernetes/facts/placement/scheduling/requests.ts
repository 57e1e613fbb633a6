import { quantity } from '../../../../../domain/text/quantity.ts';
import { demandOf } from '../../dependents/quotas.ts';
import type { PlacedSpec } from './placed-pod.ts';

/** By the resource's name: cores, bytes, pieces; a pod is one of `pods`. */
export type Amounts = Readonly<Record<string, number>>;

/** What the scheduler counts of a pod (PodRequests in k8s.io/component-helpers/resource), nothing of what it does not ask for. */
export function requestsOf(spec: PlacedSpec): Amounts {
  const { containers, initContainers, resources, overhead } = spec;
  const lists = [...containers, ...initContainers, { resources }].flatMap((each) => [
    each.resources.requests,
    each.resources.limits,
  ]);
  const names = new Set([...lists, overhead].flatMap((each) => Object.keys(each)));
  const wanted = [...names].map((name): [string, number] => [name, demandOf(`requests.${name}`, spec)]);
  return { pods: 1, ...Object.fromEntries(wanted.filter(([, amount]) => amount > 0)) };
}

export function amountsIn(given: Readonly<Record<string, string>>): Map<string, number> {
  return new Map(Object.entries(given).map(([name, amount]) => [name, quantity(amount) ?? 0]));
}

/** Room for a pod, or the resource of which there is too little. Sums of decimals are not exact. */
export function lacking(free: ReadonlyMap<string, number>, wanted: Amounts): string | undefined {
  return Object.keys(wanted).find((name) => {
    const amount = wanted[name] ?? 0;
    return amount > (free.get(name) ?? 0) + Math.max(1e-6, amount * 1e-9);
  });
}

/** `500m CPU and 128Mi memory`. */
export function amountsText(wanted: Amounts): string {
  const told = Object.entries(wanted).filter(([name]) => name !== 'pods');
  if (told.length === 0) return 'one more pod';
  const sorted = told.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, amount]) => amountText(name, amount)).join(' and ');
}

export function amountText(name: string, amount: number): string {
  if (name === 'cpu') return `${Math.round(amount * 1000)}m CPU`;
  const isBytes = name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-');
  return isBytes
    ? `${Math.round(amount / 2 ** 20)}Mi ${name}`
    : `${Math.round(amount * 1000) / 1000} ${name}`;
}

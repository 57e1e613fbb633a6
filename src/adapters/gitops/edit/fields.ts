import type { ManifestStep } from '../../../domain/manifest/lasting.ts';
import { isFields } from './objects.ts';
import type { Step } from './place.ts';

/** Where a value is in parsed content, and what it is. */
export interface Located {
  readonly path: readonly Step[];
  readonly value: unknown;
}

/**
 * Follows keys and names of list elements, as strategic merge patches do for containers and variables
 * (kubernetes.io, "Update API Objects in Place Using kubectl patch").
 * @returns undefined where the content does not go that far
 */
export function locate(content: unknown, steps: readonly ManifestStep[]): Located | undefined {
  let value = content;
  const path: Step[] = [];
  for (const step of steps) {
    const next = typeof step === 'string' ? byKey(value, step) : byName(value, step.name);
    if (next === undefined) return undefined;
    path.push(next.step);
    value = next.value;
  }
  return { path, value };
}

function byKey(value: unknown, key: string): { step: Step; value: unknown } | undefined {
  return isFields(value) && Object.hasOwn(value, key) ? { step: key, value: value[key] } : undefined;
}

function byName(value: unknown, name: string): { step: Step; value: unknown } | undefined {
  if (!Array.isArray(value)) return undefined;
  const index = value.findIndex((element) => isFields(element) && element['name'] === name);
  return index < 0 ? undefined : { step: index, value: value[index] };
}

/** The list on the way of which several elements have the wanted name: of variables the last counts, of others none is said. */
export function namedTwice(content: unknown, steps: readonly ManifestStep[]): string | undefined {
  for (const [depth, step] of steps.entries()) {
    if (typeof step === 'string') continue;
    const list = locate(content, steps.slice(0, depth))?.value;
    const named = Array.isArray(list)
      ? list.filter((each) => isFields(each) && each['name'] === step.name)
      : [];
    if (named.length > 1) return `${said(steps.slice(0, depth + 1))} has several elements of that name`;
  }
  return undefined;
}

/** `spec.template.spec.containers[app].image`: a path as people read it. */
export function said(steps: readonly ManifestStep[]): string {
  return steps
    .map((step, index) => (typeof step === 'string' ? (index === 0 ? step : `.${step}`) : `[${step.name}]`))
    .join('');
}

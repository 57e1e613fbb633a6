import { namespaceOf, type Target } from '../action.ts';

/** A step into a manifest: a key, or the element of a list that has this `name`. */
export type ManifestStep = string | { readonly name: string };

/** One value that a change leaves behind, as the manifest that the object is made from must hold it. */
export interface LastingField {
  readonly path: readonly ManifestStep[];
  readonly value: string | number | boolean;
  /** What the live object had before the change, if it is known. */
  readonly was?: string | number | boolean;
}

/** The object whose manifest holds the values: the target, or what makes it as it is (an autoscaler). */
interface LastingObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/**
 * What a change to a live object means for the manifests it is made from: the values that must stand there too, or why
 * there is nothing that a repository could hold, as one sentence.
 */
export type LastingForm =
  | { readonly kind: 'fields'; readonly object: LastingObject; readonly fields: readonly LastingField[] }
  | { readonly kind: 'none'; readonly reason: string };

/** The form of a verb whose change no manifest could hold. */
export function nothingLasts(reason: string): () => LastingForm {
  const form = { kind: 'none', reason } as const;
  return () => form;
}

/** Why there is no lasting form on these facts. */
export function notLasting(reason: string): LastingForm {
  return { kind: 'none', reason };
}

/** Values in the manifest of the target itself. */
export function lastingFields(target: Target, fields: readonly LastingField[]): LastingForm {
  const object = { kind: target.kind, name: target.name, namespace: namespaceOf(target) };
  return { kind: 'fields', object, fields };
}

/** Where the manifest of a workload has a container. */
export function containerSteps({
  name,
  init,
}: {
  readonly name: string;
  readonly init: boolean;
}): readonly ManifestStep[] {
  return ['spec', 'template', 'spec', init ? 'initContainers' : 'containers', { name }];
}

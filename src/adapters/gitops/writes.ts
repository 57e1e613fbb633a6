import type { LastingField } from '../../domain/manifest/lasting.ts';
import type { Value } from './edit/written.ts';
import type { Origin } from './kustomize/origin.ts';

/** The object in the cluster. */
export interface Wanted {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly fields: readonly LastingField[];
}

/** One value to write. */
export interface Write {
  readonly origin: Origin;
  readonly value: Value;
}

export type Writes =
  | { readonly kind: 'writes'; readonly writes: readonly Write[] }
  | { readonly kind: 'refused'; readonly reason: string };

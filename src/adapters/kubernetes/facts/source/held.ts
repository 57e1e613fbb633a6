import type { LastingField } from '../../../../domain/manifest/lasting.ts';

/** The object that a GitOps tool's own object must say is its own, as a copy of a marked object keeps the mark. */
export interface Held {
  /** Of the API; absent where it is not known. The empty one is that of the core. */
  readonly group: string | undefined;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** What its manifest has to say. */
  readonly fields: readonly LastingField[];
  /** Who has written fields of it, its status apart. */
  readonly managers: readonly string[];
}

import type { LastingField } from '../../../../domain/manifest/lasting.ts';

/** `owners`: those whose part of the object it is, as its managedFields say. */
interface HeldField extends Pick<LastingField, 'path'> {
  readonly owners: readonly string[];
}

/** The object that a GitOps tool's own object must say is its own, as a copy of a marked object keeps the mark. */
export interface Held {
  /** Of the API; absent where it is not known. The empty one is that of the core. */
  readonly group: string | undefined;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** What its manifest has to say. */
  readonly fields: readonly HeldField[];
}

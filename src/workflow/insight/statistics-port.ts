import type { Counted } from '../../domain/insight/statistics.ts';

/** Which remediations are counted. */
export interface CountedAsked {
  readonly since: string;
  readonly now: string;
  /** By its name. */
  readonly playbook?: string | undefined;
  readonly namespace?: string | undefined;
  /** By its name; undefined: all. */
  readonly cluster?: string | undefined;
  /** Those that whoever asks may see; undefined: all. */
  readonly namespaces?: readonly NamespaceAt[] | undefined;
}

/** A namespace of a cluster: two of one name have nothing to do with each other. `-` is what has no namespace. */
export interface NamespaceAt {
  readonly cluster: string;
  readonly namespace: string;
}

export interface CountedFound {
  readonly counted: readonly Counted[];
  /** True where there are more, which are older. */
  readonly isCut: boolean;
}

import type { Counted } from '../../domain/insight/statistics.ts';

/** Which remediations are counted. */
export interface CountedAsked {
  readonly since: string;
  readonly now: string;
  /** By its name. */
  readonly playbook?: string | undefined;
  readonly namespace?: string | undefined;
  /** Those that whoever asks may see; undefined: all. `-` is what has no namespace. */
  readonly namespaces?: readonly string[] | undefined;
}

export interface CountedFound {
  readonly counted: readonly Counted[];
  /** True where there are more, which are older. */
  readonly isCut: boolean;
}

import type { TargetKind, Verb } from '../../domain/action.ts';
import type { Objection, Span } from './refusal.ts';

/** One leaf of a patch as it was written. */
export interface Change {
  readonly path: readonly string[];
  /** The element of the list at `path` whose image it is. */
  readonly container?: string;
  /** Null takes the field away; undefined is a list or an object where a plain value belongs. */
  readonly value: string | number | boolean | null | undefined;
  /** A condition instead of a change. */
  readonly test?: boolean;
  readonly span: Span;
  readonly valueSpan: Span;
}

/** Details of a request, by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** A leaf of a patch that means a command, and the details it gives that command; lists of several leaves are joined. */
export interface PatchLeaf {
  /** As a refusal lists what can be patched. */
  readonly shown: string;
  readonly kinds: readonly TargetKind[];
  readonly isAt: (change: Change) => boolean;
  readonly read: (change: Change) => Fields | Objection;
  /** The details of the same leaf as a condition; undefined where it cannot be one. */
  readonly condition: ((fields: Fields) => Fields) | undefined;
  /** As many of them as an Action may hold. */
  readonly most: number;
  /** Whether several stand in the order of their paths, so that one change has one form; otherwise as they were typed. */
  readonly ordered: boolean;
}

/** A leaf with the verb that it means. */
export interface PatchLeafOf {
  readonly verb: Verb;
  readonly leaf: PatchLeaf;
}

/** As many pairs and images as an Action may hold. */
const MOST = 20;

/** A leaf that cannot be a condition and of which an Action holds as many as of most things. */
export function leafOf(leaf: Omit<PatchLeaf, 'condition' | 'most' | 'ordered'>): PatchLeaf {
  return { ...leaf, condition: undefined, most: MOST, ordered: false };
}

/** The leaf at one path. */
export function atPath(path: string): Pick<PatchLeaf, 'shown' | 'isAt'> {
  return {
    shown: path,
    isAt: (change) => change.container === undefined && change.path.join('.') === path,
  };
}

/** A field that is true or false. The API server takes one that is taken away for one that is off. */
export function switchLeaf(path: string, kinds: readonly TargetKind[], on: boolean): PatchLeaf {
  return leafOf({
    ...atPath(path),
    kinds,
    read: ({ value, valueSpan }) => {
      const meant = on ? value === true : value === false || value === null;
      return meant ? {} : badPatch(valueSpan, 'This field is true or false.');
    },
  });
}

/** Objects to a part of a patch. */
export function badPatch({ start, end }: Span, reason: string): Objection {
  return { code: 'bad-patch', reason, span: { start, end } };
}

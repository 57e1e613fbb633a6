import type { Place, Step } from '../edit/place.ts';

/** Where the bytes of a value are. `inner`: the value stands in a patch that is itself a text of the file. */
export interface Origin {
  readonly file: string;
  readonly place: Place;
  readonly inner?: Place;
}

/** Which layer set a value, counted from the one nearest to the object's file, and the folders it was set from. */
export interface SetBy {
  readonly layer: number;
  readonly folders: readonly string[];
}

/** A value while it goes through the layers of a kustomization, and where it was set last. */
export interface Traced {
  readonly value: unknown;
  readonly origin: Origin;
  readonly by: SetBy;
  /** Where the parts of an image were set that do not come from `origin`. */
  readonly parts?: ImageParts;
  /** The name that the image has where `origin` sets it, before entries rename it. */
  readonly below?: string;
  /** Something may write it that is not understood here, in words. Whatever sets the value later ends the doubt. */
  readonly doubt?: string;
  /** The documents of patches that the doubt comes from. */
  readonly doubtfulPatches?: readonly Origin[];
}

/** A part of a value, set by an entry of its own. */
export interface PartSet {
  readonly origin: Origin;
  readonly by: SetBy;
}

/** `version`: what the last entry for the tag or the digest has of the two; both come from that entry alone. */
export interface ImageParts {
  readonly name?: PartSet;
  readonly version?: { readonly file: string; readonly tag?: PartSet; readonly digest?: PartSet };
}

/** The value that a kustomization's own file sets. */
export function ownOrigin(file: string, ...path: readonly Step[]): Origin {
  return { file, place: { document: 0, path } };
}

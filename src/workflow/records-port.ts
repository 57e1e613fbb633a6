import type { History, PlaceUsage } from '../domain/circumstances.ts';
import type { Remediation } from '../domain/remediation.ts';
import type { OtherVersion } from './other-version.ts';

/**
 * What a move was decided on that other rows change: how much of the budgets is used, and what was done to the same
 * objects. Storage lets one move with a proviso commit at a time in a cluster, asks our records once more, and moves
 * nothing when the decision does not hold with what it finds.
 */
export interface Proviso extends RecordsAsked {
  /** Pure and quick: the others wait for the answer. */
  readonly holds: (found: Records) => boolean;
}

/** What is asked of our own records: for a place, since when its use counts, and for objects. */
export interface RecordsAsked {
  readonly place: Place;
  readonly since: string;
  readonly objects: readonly RememberedObject[];
  readonly now: string;
}

/** An object by its `targetKey`, and the key of its owner; see domain/owner.ts. */
export interface RememberedObject {
  readonly key: string;
  readonly owner: string;
}

/** What our own records say. */
interface Records {
  readonly usage: PlaceUsage;
  readonly history: History;
}

/** Where usage is added up: in a cluster, and in the namespace if one is given. */
export interface Place {
  readonly cluster: string;
  readonly namespace?: string;
}

/** A remediation that wrote to an object; of one that another version has written no more is known than that it is there. */
export type Written = Remediation | OtherVersion;

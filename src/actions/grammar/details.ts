import type { TargetKind } from '../../domain/action.ts';
import type { GivenFlags } from './flag.ts';
import type { PatchLeafOf } from './patch-leaf.ts';
import type { Objection } from './refusal.ts';
import { isObjection } from './refusal.ts';
import type { Word } from './word.ts';

/** What a command acts on, still without its namespace. */
export type Named =
  | { readonly kind: TargetKind; readonly name: string }
  | { readonly kind: TargetKind; readonly names: readonly string[] }
  | { readonly kind: TargetKind; readonly selector: string };

/** What there is to read a command's details from. Which flags belong to it has been settled before. */
export interface Given {
  readonly object: Named;
  /** Operands that are no objects: images, labels, variables, taints, the name of a new Job. */
  readonly operands: readonly Word[];
  readonly flags: GivenFlags;
  /** Where a missing word would have stood. */
  readonly end: number;
  /** What the fields of a patch mean, by all commands there are. */
  readonly leaves: readonly PatchLeafOf[];
}

/**
 * The fields of a request besides verb and target, still to be checked by the domain's schema. A `verb` among them is
 * what the command turned out to mean.
 */
export interface Details {
  readonly fields: object;
  readonly notes: readonly string[];
}

/** The details, unless something was wrong with them. */
export function detailsOf(fields: object | Objection, notes: readonly string[] = []): Details | Objection {
  return isObjection(fields) ? fields : { fields, notes };
}

/** For commands that their object says all about. */
export const noDetails = (): Details => ({ fields: {}, notes: [] });

/** A flag that nothing can be done without. */
export function missingFlag(reason: string, end: number): Objection {
  return { code: 'flag-missing', reason, span: { start: end, end } };
}

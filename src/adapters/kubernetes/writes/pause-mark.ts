import { z } from 'zod';
import { canonicalJson, type Json, json } from '../../../domain/text/json.ts';
import type { AnyObject } from '../client/objects.ts';

/** A remediation for which a GitOps tool is paused, and until when. */
const holder = z.object({ remediation: z.number().int(), until: z.string() });
export type Holder = z.infer<typeof holder>;

/** The first of them stands by itself, as people read it; those that have joined it are listed. */
const mark = holder.extend({ was: json, with: z.array(holder).default([]) });

/** For whom it is paused, at least one, and what the switch was before. */
export interface Marked {
  readonly holders: readonly Holder[];
  readonly was: Json;
}

/** The text of an annotation by which a pause is known. */
export function markedBy([first, ...others]: readonly Holder[], was: Json): string {
  return canonicalJson({ ...first, was, ...(others.length === 0 ? {} : { with: others }) });
}

/** By it people find who has paused what until when, and with what it was; and by it the end is known to be of this pause. */
export const pauseMark = 'firebreak.dev/sync-paused';

/** What the switch is put back to at the end of a pause by Firebreak; undefined where there is none. */
export const afterPause = ({ annotations }: AnyObject['metadata']): Json | undefined =>
  readMark(annotations[pauseMark] ?? null)?.was;

/** Undefined where it is not one that Firebreak writes. */
export function readMark(text: Json): Marked | undefined {
  if (typeof text !== 'string') return undefined;
  const read = mark.safeParse(parsed(text));
  if (!read.success) return undefined;
  const { remediation, until, was, with: others } = read.data;
  return { holders: [{ remediation, until }, ...others], was };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { z } from 'zod';
import { canonicalJson, type Json, json } from '../../../domain/text/json.ts';

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

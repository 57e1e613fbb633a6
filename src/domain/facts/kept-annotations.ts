import { channelAnnotation } from '../policy/channels.ts';
import { approversAnnotation } from '../policy/owners.ts';
import type { FieldPath } from './needs.ts';

type Texts = Readonly<Record<string, string>>;

/** Annotations that are read of the facts' own object, besides those that the action writes: no rule reads any. */
const read: ReadonlySet<string> = new Set([channelAnnotation, approversAnnotation]);

/**
 * Which of an object's annotations become facts: those that are read and those that the action writes, whose value is
 * what an approval binds to and a rollback puts back. Whatever else people and programs leave there (the whole manifest
 * that was applied last, tokens, notes) is neither stored nor told.
 */
export function keptAnnotations(annotations: Texts, writes: readonly FieldPath[]): Record<string, string> {
  const written = new Set(
    writes.flatMap(([map, list, key]) => (map === 'metadata' && list === 'annotations' && key ? [key] : [])),
  );
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => read.has(key) || written.has(key)));
}

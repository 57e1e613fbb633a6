import type { DryRunResult, FieldChange } from '../plan.ts';
import { tableText } from './table.ts';

/** What a dry run found that would be different, as a table; empty where it found or kept nothing. */
export function changesText(dryRun: DryRunResult): string {
  const changes = dryRun.kind === 'accepted' ? (dryRun.changes ?? []) : [];
  if (changes.length === 0) return '';
  return tableText(['Field', 'Now', 'Then'], changes.map(rowOf));
}

function rowOf({ object, field, now, next, foreign }: FieldChange): string[] {
  const name = object === undefined ? field : `${object}: ${field}`;
  return [foreign === true ? `${name} (*)` : name, now, next];
}

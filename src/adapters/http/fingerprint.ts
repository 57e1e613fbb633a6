import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/text/json.ts';

/** Alertmanager identifies an alert by its label set; this is one of our own where a sender names none. */
export function labelsFingerprint(labels: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(canonicalJson(labels)).digest('hex').slice(0, 16);
}

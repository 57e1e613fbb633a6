import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/text/json.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Alertmanager identifies an alert by its label set; this is one of our own where a sender names none. */
export function labelsFingerprint(labels: Readonly<Record<string, string>>): string {
  return sha256(canonicalJson(labels)).slice(0, 16);
}

/** Characters: four times what a SHA-256 has in hex. PostgreSQL keeps no more than 2,704 bytes of a row in a B-tree index. */
const longest = 256;

/** A fingerprint as its sender has it; of a long one its hash, since it is a key. Undefined where there is none. */
export function sentFingerprint(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  return trimmed.length > longest ? sha256(trimmed) : trimmed;
}

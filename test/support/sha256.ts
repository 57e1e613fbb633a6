import { createHash } from 'node:crypto';

/** SHA-256 of a text in hex, as main.ts hands it to the adapters. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

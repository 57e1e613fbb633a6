import { createHash } from 'node:crypto';

/** The end of a file's name, before its type, by which the message that shares it is found again: a file carries no metadata. */
export const fileMark = (key: string): string =>
  `-${createHash('sha256').update(key).digest('hex').slice(0, 10)}`;

/** Whether a file of this name was shared for the key. */
export const isMarked = (name: string, key: string): boolean =>
  name.replace(/\.[a-z]+$/, '').endsWith(fileMark(key));

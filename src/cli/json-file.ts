import { readFileSync } from 'node:fs';
import { ConfigFault } from '../config-fault.ts';

/** @throws ConfigFault when it cannot be read, or is no JSON */
export function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (fault) {
    throw new ConfigFault([
      `${file}: cannot be read as JSON (${fault instanceof Error ? fault.message : String(fault)}).`,
    ]);
  }
}

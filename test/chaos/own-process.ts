import type { z } from 'zod';
import { type Order, order, type Said } from './settings.ts';

/** Says something to the program that started this one. */
export const say = (word: Said): void => void process.send?.(word);

/**
 * Runs a program of a run: waits for its settings, hands on what it is told later, and ends when nobody is left who could
 * end it.
 */
export function runAsChild<T>(
  settings: z.ZodType<T>,
  begin: (settings: T) => Promise<(told: Order) => void>,
): void {
  process.once('disconnect', () => process.exit(1));
  process.once('message', (raw) => {
    begin(settings.parse(raw)).then(
      (heed) => void process.on('message', (later) => heed(order.parse(later))),
      (fault: unknown) => {
        say({ kind: 'failed', reason: String(fault) });
        process.exit(1);
      },
    );
  });
}

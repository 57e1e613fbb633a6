import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../workflow/ports.ts';

/** Slack's SDK logs through ours, one line a message; its "info" is our "debug". */
export function slackLogger(log: Log): Logger {
  const sentence = (parts: readonly unknown[]): string =>
    parts
      .map((part) =>
        part instanceof Error ? part.message : typeof part === 'string' ? part : JSON.stringify(part),
      )
      .join(' ');
  return {
    debug: () => undefined,
    info: (...parts) => log.debug({ from: 'slack' }, sentence(parts)),
    warn: (...parts) => log.warn({ from: 'slack' }, sentence(parts)),
    error: (...parts) => log.error({ from: 'slack' }, sentence(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

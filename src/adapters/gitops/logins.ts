import type { Log } from '../../workflow/ports.ts';
import type { Logins } from './git/remote.ts';

interface LoginsRead {
  /** At the start. */
  readonly gitLogins?: Logins;
  /** Reads them again; absent where nothing changes them. */
  readonly gitLoginsAgain?: () => Logins;
}

/**
 * Who logs in now: what the files say that others may replace while this runs. What cannot be read, as in the middle of such
 * a replacement, leaves what was read last, and is logged once.
 */
export function currentLogins(
  { gitLogins = {}, gitLoginsAgain: again }: LoginsRead,
  log: Pick<Log, 'info' | 'warn'>,
): () => Logins {
  let current = gitLogins;
  let fault: string | undefined;
  return () => {
    if (again === undefined) return current;
    try {
      current = again();
      if (fault !== undefined) log.info({}, 'The logins of Git hosts can be read again.');
      fault = undefined;
    } catch (thrown) {
      const sentence = thrown instanceof Error ? thrown.message : String(thrown);
      if (sentence !== fault)
        log.warn(
          { fault: sentence },
          'The logins of Git hosts cannot be read again: those from before are used.',
        );
      fault = sentence;
    }
    return current;
  };
}

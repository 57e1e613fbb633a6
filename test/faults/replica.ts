import { pino } from 'pino';
import { start } from '../../src/main.ts';
import { type Halt, partsOf, site } from './composition.ts';

/**
 * One replica in a process of its own, started by child.ts. Waits for its site, starts, and says where it listens.
 * At the halt it says so and does nothing more at any point: it is there to be killed, or kills itself. Ends on SIGTERM as
 * main does.
 */
const tell = (message: object): void => void process.send?.(message);

// Nobody is left to kill it when the test's process is gone.
process.once('disconnect', () => process.exit(1));

process.once('message', (message) => {
  const where = site.parse(message);
  const log = pino({ level: 'info' }, pino.destination(1));
  start(partsOf(where, log, probeOf(where.halt))).then(
    ({ port, stop }) => {
      process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
      tell({ kind: 'ready', port });
    },
    (fault: unknown) => {
      tell({ kind: 'failed', reason: String(fault) });
      process.exit(1);
    },
  );
});

/** Nothing before the halt is held up; from then on every point is, so that nothing moves until the kill. */
function probeOf(halt: Halt | undefined): (point: string) => Promise<void> {
  const forever = new Promise<void>(() => undefined);
  const state = { seen: 0, halted: false };
  return async (point) => {
    if (state.halted) return forever;
    if (point !== halt?.point) return;
    state.seen += 1;
    if (state.seen < halt.occurrence) return;
    state.halted = true;
    if (halt.deadly === true) process.kill(process.pid, 'SIGKILL');
    tell({ kind: 'halted', point });
    return forever;
  };
}

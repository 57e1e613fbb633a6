import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { livenessCheck } from '../../src/adapters/postgres/jobs/liveness.ts';
import { start } from '../../src/main.ts';
import { spoil } from '../chaos/statement-faults.ts';
import { headOf, interceptStatements, type Statement } from '../chaos/statements.ts';
import { partsOf, type Strike, site } from './composition.ts';

/**
 * One replica in a process of its own, started by child.ts. Waits for its site, starts, and says where it listens.
 * At the halt it says so and does nothing more at any point, unless the halt says otherwise: it is there to be killed.
 * Ends on SIGTERM as main does.
 */
const tell = (message: object): void => void process.send?.(message);

// Nobody is left to kill it when the test's process is gone.
process.once('disconnect', () => process.exit(1));

process.once('message', (message) => {
  const where = site.parse(message);
  if (where.skewSeconds !== undefined) skewClock(1_000 * where.skewSeconds);
  const log = pino({ level: 'info' }, pino.destination(1));
  const state = { isReady: false };
  if (where.strike !== undefined || where.isHeard === true)
    interceptStatements(strikeAt(where.strike, where.isHeard === true, () => state.isReady));
  start(partsOf(where, log, probeOf(where.halt, where.isHeard === true))).then(
    ({ port, stop }) => {
      process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
      state.isReady = true;
      // One that is killed writes down nothing of what it has compiled; the next ones are to start with it.
      flushCompileCache();
      tell({ kind: 'ready', port });
    },
    (fault: unknown) => {
      tell({ kind: 'failed', reason: String(fault) });
      process.exit(1);
    },
  );
});

/** As on a machine whose clock is off; what waits, waits as long as ever. */
function skewClock(milliseconds: number): void {
  const right = Date.now.bind(Date);
  const now = () => right() + milliseconds;
  const skewed = new Proxy(Date, {
    construct: (target, given: unknown[], made) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, made),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  Reflect.set(globalThis, 'Date', skewed);
}

const kill = (signal: NodeJS.Signals): void => void process.kill(process.pid, signal);

/** Nothing before the halt is held up; from then on every point is, so that nothing moves until the kill. */
function probeOf(
  halt: ReturnType<typeof site.parse>['halt'],
  isHeard: boolean,
): (point: string) => Promise<void> {
  const forever = new Promise<void>(() => undefined);
  const state = { seen: 0, halted: false };
  return async (point) => {
    if (state.halted) return forever;
    if (isHeard) tell({ kind: 'point', text: point });
    if (point !== halt?.point) return;
    state.seen += 1;
    if (state.seen !== halt.occurrence) return;
    if (halt.how === 'freeze') return kill('SIGSTOP');
    state.halted = true;
    if (halt.how === 'die') kill('SIGKILL');
    tell({ kind: 'halted', point });
    return forever;
  };
}

/** What each statement of a ready replica meets with; the check by which it shows that it lives is none of its steps. */
function strikeAt(
  strike: Strike | undefined,
  isHeard: boolean,
  isReady: () => boolean,
): (statement: Statement) => unknown {
  let seen = 0;
  return (statement) => {
    if (!isReady() || statement.text === livenessCheck) return statement.pass();
    const head = headOf(statement.text);
    if (isHeard) tell({ kind: 'statement', text: head });
    if (head !== strike?.head) return statement.pass();
    seen += 1;
    if (seen !== strike.occurrence) return statement.pass();
    tell({ kind: 'struck' });
    return meet(statement, strike.how);
  };
}

function meet(statement: Statement, how: Strike['how']): unknown {
  switch (how) {
    case 'die before':
      return kill('SIGKILL');
    case 'die after': {
      const sent = statement.pass();
      kill('SIGKILL');
      return sent;
    }
    case 'freeze':
      kill('SIGSTOP');
      return statement.pass();
    default:
      return spoil(statement, how);
  }
}

import { Worker } from 'node:worker_threads';
import type { Watch } from './trial.ts';

/**
 * Ends this process when what was begun has not ended in time. A thread looks after it: what never ends never lets a timer
 * of its own fire. Whoever reads the journal then sees what was begun.
 */
export function createWatchdog(): Watch {
  const until = new BigInt64Array(new SharedArrayBuffer(8));
  const guard = `
    const { workerData: until } = require('node:worker_threads');
    setInterval(() => {
      const end = Atomics.load(until, 0);
      if (end !== 0n && BigInt(Date.now()) > end) process.kill(process.pid, 'SIGKILL');
    }, 1_000);`;
  new Worker(guard, { eval: true, workerData: until, execArgv: [] }).unref();
  return {
    begin: (milliseconds) => void Atomics.store(until, 0, BigInt(Date.now() + Math.ceil(milliseconds))),
    end: () => void Atomics.store(until, 0, 0n),
  };
}

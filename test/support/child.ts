import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A Node process of a test, read line by line. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line it prints; fails when it ends instead. */
  line(): Promise<string>;
  /** SIGKILL, and the end of it. */
  kill(): Promise<void>;
}

/** Runs a TypeScript file under this Node. Its complaints go where ours go. */
export function runNode(
  file: string,
  args: readonly string[],
  ids: { uid?: number; gid?: number } = {},
): Child {
  const child = spawn(process.execPath, [file, ...args], { ...ids, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${file} ended before it printed another line`);
      return next.value;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { type Order, type Said, said } from './settings.ts';

/** A program of a run, in a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves with the first word of this kind; rejects when the program ends before. */
  says<K extends Said['kind']>(kind: K): Promise<Extract<Said, { kind: K }>>;
  onSaid(listener: (word: Said) => void): void;
  tell(order: Order): void;
  /** Sends a signal, and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** As in production: replicas that are started anew every second would do little but compile. */
const cached = ['--import', new URL('../../src/compile-cache.mjs', import.meta.url).href];

/**
 * Starts a program, tells it its settings, and adds what it prints to a file.
 *
 * @param program its file, or the address of it
 */
export function startChild(program: URL | string, settings: object, output: string): Child {
  const file = openSync(output, 'a');
  const child = fork(program, { execArgv: cached, stdio: ['ignore', file, file, 'ipc'] });
  const listeners = new Set<(word: Said) => void>();
  child.on('message', (raw) => {
    const word = said.parse(raw);
    for (const listener of listeners) listener(word);
  });
  child.send(settings);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    process: child,
    says: <K extends Said['kind']>(kind: K) => {
      const { promise, resolve, reject } = Promise.withResolvers<Extract<Said, { kind: K }>>();
      const isIt = (word: Said): word is Extract<Said, { kind: K }> => word.kind === kind;
      listeners.add((word) => {
        if (isIt(word)) resolve(word);
        if (word.kind === 'failed') reject(new Error(word.reason));
      });
      child.once('exit', (code, signal) =>
        reject(new Error(`it ended with ${code ?? signal}; see ${output}`)),
      );
      return promise;
    },
    onSaid: (listener) => void listeners.add(listener),
    tell: (order) => void (child.connected && child.send(order)),
    end: async (signal) => {
      if (isOver()) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

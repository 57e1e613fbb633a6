import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** `firebreak` as a child process, as a developer runs it. */
export interface Command {
  /** What it has printed so far, standard output and standard error together. */
  output(): string;
  /** Resolves with the first match; rejects when it ends before that. */
  prints(pattern: RegExp): Promise<string>;
  /** Types a line into it. */
  type(line: string): void;
  /** Resolves with its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signal(name: NodeJS.Signals): void;
}

const { FORCE_COLOR: _colours, KUBECONFIG: _cluster, ...environment } = process.env;

export function firebreak(...args: readonly string[]): Command {
  const program = ['--import', join(root, 'src/compile-cache.mjs'), join(root, 'src/cli.ts')];
  const child = spawn(process.execPath, [...program, ...args], { env: environment, cwd: root });
  const texts: string[] = [];
  const look = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      texts.push(String(chunk));
      for (const each of look) each();
    });
  }
  const output = () => texts.join('');
  return {
    output,
    ended: endOf(child),
    signal: (name) => void child.kill(name),
    type: (line) => void child.stdin.write(`${line}\n`),
    prints: (pattern) => {
      const { promise, resolve: found, reject } = Promise.withResolvers<string>();
      const each = () => {
        const [match] = pattern.exec(output()) ?? [];
        if (match !== undefined) found(match);
      };
      look.add(each);
      each();
      void endOf(child).then((end) => reject(new Error(`It ended with ${end}: ${output()}`)));
      return promise.finally(() => look.delete(each));
    },
  };
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode ?? 'SIGKILL';
}

/** A folder of its own for the state of a sandbox. */
export async function stateFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'firebreak-journey-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts a sandbox on free ports; resolves with the address of its workspace when it is ready. */
export async function startSandbox(folder: string): Promise<{ command: Command; url: string }> {
  const command = firebreak('sandbox', '--folder', folder, '--port', '0', '--workspace-port', '0');
  const url = (await command.prints(/http:\/\/127\.0\.0\.1:\d+/)).trim();
  await command.prints(/Ctrl-C ends it/);
  return { command, url };
}

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { firebreak as run } from '../../src/cli.ts';

const source = resolve(import.meta.dirname, '../../src');
/** As `npm run firebreak` starts it. */
const program = ['--import', join(source, 'compile-cache.mjs'), join(source, 'cli.ts')];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as people do, in a process of its own; in the project's folder unless told. */
export async function firebreakProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = process.cwd(),
): Promise<Ended> {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

let last: Promise<unknown> = Promise.resolve();

/**
 * The same in this process, which starts once for all tests of a file: one after the other, because what it prints, the
 * environment and the folder are the process's own.
 */
export function firebreak(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = process.cwd(),
): Promise<Ended> {
  const ended = last.then(() => here(args, env, cwd));
  last = ended.catch(() => undefined);
  return ended;
}

async function here(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Ended> {
  const { env: environment } = process;
  const folder = process.cwd();
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  process.env = { PATH: environment['PATH'], ...env };
  process.chdir(cwd);
  try {
    const code = await run(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(folder);
    process.env = environment;
    stdout.release();
    stderr.release();
  }
}

/** What is written to a stream of the process from now on, until it is released. */
function caught(stream: NodeJS.WriteStream): { readonly text: () => string; readonly release: () => void } {
  const chunks: Buffer[] = [];
  const { write } = stream;
  stream.write = (
    chunk: string | Uint8Array,
    ...rest: readonly (BufferEncoding | undefined | ((fault?: Error | null) => void))[]
  ) => {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    for (const each of rest) if (typeof each === 'function') each();
    return true;
  };
  return {
    text: () => Buffer.concat(chunks).toString('utf8'),
    release: () => {
      stream.write = write;
    },
  };
}

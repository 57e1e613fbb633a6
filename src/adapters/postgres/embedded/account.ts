import { spawn } from 'node:child_process';
import { chown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** PostgreSQL refuses to run as root. 65534 is nobody on every Linux; it needs its line in /etc/passwd. */
const nobody = 65534;

/** The account that PostgreSQL's programs run under: ourselves, or nobody when we are root. */
export interface Account {
  /** True when this account can read what lies at the path (mode bits only; access lists are not asked). */
  reaches(path: string): Promise<boolean>;
  /** Gives a file, or a folder with all that is in it, to this account. */
  own(path: string): Promise<void>;
  /** Runs a program to its end; throws with what it printed when it fails. */
  run(program: string, args: readonly string[]): Promise<string>;
}

/** The account to use in this process. */
export function chooseAccount(): Account {
  const ids = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined;
  return {
    reaches: async (path) => ids === undefined || reachableBy(ids.uid, resolve(path)),
    own: async (path) => (ids === undefined ? undefined : give(path, ids.uid, ids.gid)),
    run: (program, args) => run(program, args, ids ?? {}),
  };
}

/** A folder is passed through when it is the account's own or others may enter it. */
async function reachableBy(uid: number, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && found.uid !== uid && (found.mode & 0o001) === 0 && found.isDirectory())
    return false;
  const parent = dirname(path);
  return parent === path || reachableBy(uid, parent);
}

/** A server that is running after all, only too busy to answer, takes files away meanwhile. */
async function give(path: string, uid: number, gid: number): Promise<void> {
  const found = await lstat(path).catch(unlessGone);
  if (found === undefined || found.isSymbolicLink()) return;
  if (found.uid !== uid || found.gid !== gid) await chown(path, uid, gid).catch(unlessGone);
  if (!found.isDirectory()) return;
  for (const name of (await readdir(path).catch(unlessGone)) ?? []) await give(join(path, name), uid, gid);
}

function unlessGone(fault: unknown): undefined {
  if (fault instanceof Error && Reflect.get(fault, 'code') === 'ENOENT') return undefined;
  throw fault;
}

/**
 * Output goes to pipes that are not waited for: the server that pg_ctl leaves behind would keep them open.
 * TZ and locale variables of the caller have no say in how the cluster is made.
 */
function run(program: string, args: readonly string[], ids: { uid?: number; gid?: number }): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, [...args], {
      ...ids,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', fail);
    child.on('exit', (code) => {
      child.stdout.destroy();
      child.stderr.destroy();
      if (code === 0) done(output);
      else fail(new Error(`${program} ended with ${code}: ${output.trim()}`));
    });
  });
}

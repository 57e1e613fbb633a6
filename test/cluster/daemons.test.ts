import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { overseeDaemons } from './daemons.ts';

const freshFolder = () => mkdtempSync(join(tmpdir(), 'firebreak-daemons-'));

/** A daemon that writes its process id to its log and then lives for an hour. */
const sleeper = (name: string) => ({ name, file: '/bin/sh', args: ['-c', 'echo $$; exec sleep 3600'] });

async function processOf(folder: string, name: string): Promise<number> {
  const log = join(folder, `${name}.log`);
  while (!existsSync(log) || readFileSync(log, 'utf8') === '') await delay(20);
  return Number(readFileSync(log, 'utf8'));
}

function runs(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
}

describe('daemons', () => {
  test('are gone with their folder after stop, which can be called twice', async () => {
    const folder = freshFolder();
    const daemons = overseeDaemons(folder);
    for (const name of ['first', 'second']) daemons.start(sleeper(name));
    const processes = [await processOf(folder, 'first'), await processOf(folder, 'second')];
    expect(processes.map(runs)).toEqual([true, true]);
    await daemons.stop();
    await daemons.stop();
    expect(processes.map(runs)).toEqual([false, false]);
    expect(existsSync(folder)).toBe(false);
  });

  test('do not outlive a test run that is killed', async () => {
    const folder = freshFolder();
    const script = `
      import { overseeDaemons } from ${JSON.stringify(join(import.meta.dirname, 'daemons.ts'))};
      overseeDaemons(${JSON.stringify(folder)}).start(${JSON.stringify(sleeper('only'))});`;
    const run = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
    const daemon = await processOf(folder, 'only');
    run.kill('SIGKILL');
    await once(run, 'exit');
    while (runs(daemon) || existsSync(folder)) await delay(20);
  });

  test('that end by themselves are named, with the last lines they wrote', async () => {
    const daemons = overseeDaemons(freshFolder());
    daemons.start({ name: 'etcd', file: '/bin/sh', args: ['-c', 'echo address in use; exit 3'] });
    await expect(daemons.until('etcd answers', () => Promise.resolve(false), 60)).rejects.toThrow(
      'etcd ended with exit code 3 before etcd answers:\naddress in use',
    );
    await daemons.stop();
  });

  test('whose program is missing are named', async () => {
    const daemons = overseeDaemons(freshFolder());
    daemons.start({ name: 'etcd', file: '/nonexistent/etcd', args: [] });
    const wait = daemons.until('etcd answers', () => Promise.resolve(false), 60);
    await expect(wait).rejects.toThrow('etcd spawn /nonexistent/etcd ENOENT before etcd answers');
    await daemons.stop();
  });
});

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of its own, in memory, that can be filled. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** @returns why there is none where this machine does not let one be mounted: that needs root. */
export async function openSmallDisk(megabytes: number): Promise<SmallDisk | { readonly none: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
  } catch (fault) {
    await rmdir(folder);
    return { none: `No disk of ${megabytes} MB can be mounted here: ${String(fault)}. Run this as root.` };
  }
  // PostgreSQL runs as nobody when the tests run as root; it must be able to enter.
  await chmod(folder, 0o755);
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: () => takeAll(filler),
    empty: () => rm(filler, { force: true }),
    close: async () => {
      await run('umount', ['--lazy', folder]);
      await rmdir(folder);
    },
  };
}

async function takeAll(file: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    for (let size = 1 << 20; size >= 4096; ) {
      const isWritten = await handle.write(Buffer.alloc(size)).then(
        ({ bytesWritten }) => bytesWritten === size,
        () => false,
      );
      if (!isWritten) size /= 4;
    }
  } finally {
    await handle.close();
  }
}

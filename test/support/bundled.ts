import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundle } from '../../tools/bundle.ts';

/** Within the installation, as programs find migrations and packages from where they lie. */
const shelf = join(import.meta.dirname, '../../node_modules/.cache');

/** A program that is started hundreds of times, joined into one as the image has it. */
export interface Bundled {
  readonly path: string;
  remove(): Promise<void>;
}

export async function bundled(program: string): Promise<Bundled> {
  await mkdir(shelf, { recursive: true });
  const folder = await mkdtemp(join(shelf, 'bundled-'));
  await bundle(program, folder);
  return {
    path: join(folder, basename(program).replace(/\.ts$/, '.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

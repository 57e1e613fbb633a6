import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of the migrations: the nearest `migrations` at or above the folder of this code, which lies in src/, or in a bundle
 * (tools/bundle.ts) somewhere else in the installation. Throws where there is none.
 */
export function migrationFolder(from = import.meta.dirname): string {
  const folder = join(from, 'migrations');
  if (existsSync(folder)) return folder;
  const above = dirname(from);
  if (above === from) throw new Error('The folder "migrations" is missing from this installation.');
  return migrationFolder(above);
}

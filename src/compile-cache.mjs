// Plain JavaScript: a TypeScript file would load the type stripper, which is what this saves.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * `node --import ./src/compile-cache.mjs src/main.ts` keeps stripped and compiled code from one start to the next:
 * from the second on, loading takes half the time and 20 MiB less. The folder belongs to the installation and not
 * to the shared temporary folder, where others could leave code for us to run. Where it cannot be written, as on a
 * read-only file system, nothing is kept and nothing fails.
 */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/firebreak', import.meta.url)));

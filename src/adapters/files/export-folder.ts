import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportFolder } from '../../workflow/insight/export.ts';

/** In the order in which they come to their names: with the card everything is there. */
const names = ['train.jsonl', 'validation.jsonl', 'data-card.md', 'data-card.json'] as const;
type Name = (typeof names)[number];

const partial = (folder: string, name: Name): string => join(folder, `.${name}.partial`);

/**
 * A folder that an export is written to: made where there is none; files of an earlier export are replaced once the whole
 * of the new one is written.
 *
 * @throws what the file system says, at once where nothing can be written
 */
export async function openExportFolder(folder: string): Promise<ExportFolder> {
  await mkdir(folder, { recursive: true });
  const sides = {
    train: await openSide(folder, 'train.jsonl'),
    validation: await openSide(folder, 'validation.jsonl'),
  };
  const close = () => Promise.all(Object.values(sides).map(({ file }) => file.close()));
  return {
    write: async (side, line) => {
      sides[side].hash.update(line);
      await sides[side].file.appendFile(line);
    },
    sha256: (side) => sides[side].hash.copy().digest('hex'),
    finish: async ({ json, markdown }) => {
      for (const { file } of Object.values(sides)) await file.sync();
      await close();
      await writeWhole(folder, 'data-card.md', markdown);
      await writeWhole(folder, 'data-card.json', `${JSON.stringify(json, null, 2)}\n`);
      for (const name of names) await rename(partial(folder, name), join(folder, name));
    },
    discard: async () => {
      await close().catch(() => undefined);
      for (const name of names) await rm(partial(folder, name), { force: true });
    },
  };
}

async function openSide(folder: string, name: Name) {
  return { file: await open(partial(folder, name), 'w'), hash: createHash('sha256') };
}

async function writeWhole(folder: string, name: Name, text: string): Promise<void> {
  const file: FileHandle = await open(partial(folder, name), 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

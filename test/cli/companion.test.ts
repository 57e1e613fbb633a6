import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CompanionProgram, startCompanion } from '../../src/cli/sandbox/companion.ts';
import { freePort } from '../../src/cli/sandbox/tcp-ports.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firebreak-companion-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const listens =
  "require('node:http').createServer((_, answer) => answer.end('ok')).listen(Number(process.argv[1]), '127.0.0.1')";
const program = (over: Partial<CompanionProgram> = {}): CompanionProgram => ({
  name: 'The program',
  file: process.execPath,
  args: (port) => ['-e', listens, String(port)],
  health: '/',
  traces: join(folder, 'running.json'),
  wanted: undefined,
  choosePort: freePort,
  ...over,
});

test('one that still runs is found again, and one that runs something else is not', async () => {
  const first = await startCompanion(program());
  const again = await startCompanion(program());
  const other = await startCompanion(program({ args: (port) => ['-e', `${listens} `, String(port)] }));
  try {
    expect([first.fresh, again.fresh, other.fresh]).toEqual([true, false, true]);
    expect(again.url).toBe(first.url);
    expect(other.url).not.toBe(first.url);
  } finally {
    first.stop();
    again.stop();
    other.stop();
  }
});

test('one on another port than is wanted is ended first', async () => {
  const first = await startCompanion(program());
  const wanted = await freePort();
  const second = await startCompanion(program({ wanted, choosePort: async () => wanted }));
  try {
    expect(second).toMatchObject({ fresh: true, url: `http://127.0.0.1:${wanted}` });
    await expect(fetch(first.url)).rejects.toThrow();
  } finally {
    second.stop();
  }
});

test.each([
  ['one that is not there', { file: '/nowhere/at-all' }, 'The program cannot be started: /nowhere/at-all.'],
  ['one that ends at once', { args: () => ['-e', ''] }, /^The program did not answer on http:\S+\.$/],
])('%s is told in a sentence', async (_, over, sentence) => {
  await expect(startCompanion(program(over))).rejects.toThrow(sentence);
});

test('where it runs is kept beside it', async () => {
  const companion = await startCompanion(program());
  try {
    const kept: unknown = JSON.parse(await readFile(join(folder, 'running.json'), 'utf8'));
    expect(kept).toMatchObject({ port: Number(new URL(companion.url).port) });
  } finally {
    companion.stop();
  }
});

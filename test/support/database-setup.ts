import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopShared } from './cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of this run, in which the first test that needs a database starts one. */
    readonly databaseHome: string;
  }
}

/** Nothing is started here: a run without storage tests costs nothing. What was started is stopped at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'firebreak-test-'));
  project.provide('databaseHome', home);
  return async () => {
    await stopShared(home);
    await rm(home, { recursive: true, force: true });
  };
}

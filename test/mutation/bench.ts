import { type RunnerTestFile, TestRunner, type VitestTestRunner } from 'vitest';
import { collectTests, startTests } from 'vitest/internal/browser';
import { type Modules, modulesOf } from './modules.ts';

/** Runs files with tests, again and again, in the process in which it was made. */
export interface Bench {
  /** Loads a file without running a test of it. */
  load(file: string): Promise<void>;
  /** Runs a file, or only the tests with these ids, until one fails. */
  run(file: string, ids?: readonly string[], timeout?: number): Promise<Ran>;
  readonly modules: Modules;
}

interface Ran {
  /** The test that failed; `file` where the file itself did: it could not be loaded, or set up or down. */
  readonly failed: string | undefined;
  /** How long each test took, in milliseconds; of those that were run. */
  readonly took: ReadonlyMap<string, number>;
  /** How long it took to load the file. */
  readonly loaded: number;
}

export interface Listener {
  onCollected(file: string): void;
  onTest(id: string): void;
  onTestEnd(file: string): void;
}

/**
 * Vitest's runner, but what happens is not told to the process that shows it: it knows nothing of these runs. The file
 * with the tests is evaluated anew each time; what it imports stays loaded.
 */
export function benchOn(outer: TestRunner, on: Listener): Bench {
  const own = TestRunner.prototype;
  let failed: string | undefined;
  let took = new Map<string, number>();
  const inner: VitestTestRunner = Object.create(outer);
  const silenced = { onTaskUpdate: undefined, onTestAnnotate: undefined, onTestArtifactRecord: undefined };
  Object.assign(inner, silenced, {
    onCollectStart: own.onCollectStart,
    onAfterRunFiles: () => undefined,
    onAfterRunSuite: () => undefined,
    onCollected: (files: RunnerTestFile[]) => {
      for (const { filepath } of files) on.onCollected(filepath);
    },
    onBeforeRunTask: async (...[test]: Parameters<TestRunner['onBeforeRunTask']>) => {
      if (failed !== undefined) test.mode = 'skip';
      await own.onBeforeRunTask.call(outer, test);
    },
    onBeforeTryTask: (...all: Parameters<TestRunner['onBeforeTryTask']>) => {
      own.onBeforeTryTask.apply(outer, all);
      on.onTest(all[0].id);
    },
    onAfterRetryTask: async (...all: Parameters<TestRunner['onAfterRetryTask']>) => {
      on.onTestEnd(all[0].file.filepath);
      await own.onAfterRetryTask.apply(outer, all);
    },
    onAfterRunTask: (...[test]: Parameters<TestRunner['onAfterRunTask']>) => {
      if (test.result?.state === 'fail') failed ??= test.id;
      took.set(test.id, test.result?.duration ?? 0);
      own.onAfterRunTask.call(outer, test);
    },
  });
  return {
    load: async (file) => {
      await collectTests([file], inner);
    },
    run: async (file, ids, timeout = 120_000) => {
      [failed, took] = [undefined, new Map()];
      Object.assign(outer.config, { testTimeout: timeout, hookTimeout: timeout });
      const spec = ids === undefined ? { filepath: file } : { filepath: file, testIds: [...ids] };
      const [task] = await startTests([spec], inner);
      const state = task?.result?.state;
      return {
        failed: failed ?? (state === 'fail' ? 'file' : undefined),
        took,
        loaded: task?.collectDuration ?? 0,
      };
    },
    modules: modulesOf(Reflect.get(outer, 'moduleRunner')),
  };
}

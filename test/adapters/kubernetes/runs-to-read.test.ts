import { expect, test } from 'vitest';
import { runsToRead } from '../../../src/adapters/kubernetes/observe/diagnose.ts';

const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
const running = {};

test.each([
  ['one that waits for its next run: the one that crashed', waiting, 4, ['previous']],
  ['one that waits for its first run', waiting, 0, ['current']],
  ['one that runs for the first time', running, 0, ['current']],
  ['one that runs again: why it was started anew, and what it says now', running, 2, ['previous', 'current']],
])('the log of %s', (_name, state, restartCount, runs) => {
  expect(runsToRead({ state, restartCount })).toEqual(runs);
});

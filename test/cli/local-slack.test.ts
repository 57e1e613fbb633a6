import { expect, test } from 'vitest';
import { findWorkspaceProgram } from '../../src/cli/sandbox/local-slack.ts';

test.each(['darwin-arm64', 'win32-x64', 'linux-arm64'])('there is no workspace for %s', (platform) => {
  expect(findWorkspaceProgram(platform)).toBeUndefined();
});

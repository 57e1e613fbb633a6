import { expect, test } from 'vitest';
import { findWorkspaceProgram, whyNoWorkspace } from '../../src/cli/sandbox/local-slack.ts';

test.each(['darwin-arm64', 'win32-x64', 'linux-arm64'])('there is no workspace for %s', (platform) => {
  expect(findWorkspaceProgram(platform)).toBeUndefined();
  expect(whyNoWorkspace(platform)).toBe(`There is no Slack-like workspace for ${platform}.`);
});

test('where there is one, it can only be that it is not installed', () => {
  expect(whyNoWorkspace('linux-x64')).toContain('is not installed: run npm ci without --omit=dev.');
});

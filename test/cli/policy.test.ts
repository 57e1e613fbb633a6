import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policySchema } from '../../src/policy/schema.ts';
import { firebreak } from './firebreak.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-policy-'));

function file(text: string): string {
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, text);
  return path;
}

test('policy schema prints the schema', async () => {
  expect(await firebreak(['policy', 'schema'])).toEqual({ code: 0, stdout: policySchema(), stderr: '' });
});

test('policy check is content with a valid file', async () => {
  const path = file('version: 1\n');
  expect(await firebreak(['policy', 'check', path])).toEqual({
    code: 0,
    stdout: `${path} is a valid policy.\n`,
    stderr: '',
  });
});

test('policy check names file, line, column and the nearest key', async () => {
  const path = file('version: 1\napprovalTtlSecond: 60\n');
  expect(await firebreak(['policy', 'check', path])).toEqual({
    code: 1,
    stdout: '',
    stderr: `firebreak: ${path}:2:1: the document: unknown key "approvalTtlSecond"; did you mean "approvalTtlSeconds"?\n`,
  });
});

test.each([
  ['no verb', ['policy']],
  ['another verb', ['policy', 'chek']],
  ['no file', ['policy', 'check']],
])('policy with %s is refused', async (_name, args) => {
  const { code, stdout, stderr } = await firebreak(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('policy check');
});

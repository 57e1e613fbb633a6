import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policySchema } from '../../src/policy/schema.ts';
import { folderOf } from '../fixtures/playbooks.ts';
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

test('policy check says what a format reads in a sample, what it is about and what it leaves out', async () => {
  const path = file(
    'version: 1\njsonAlerts:\n  uptime: { alerts: all, name: t, startsAt: s, labels: { namespace: n, deployment: d } }\n',
  );
  const sample = join(folder, 'sample.json');
  const all = [
    { t: 'Down', s: '2026-01-31T10:00:00Z', n: 'shop', d: 'web' },
    { t: 'Odd\u001b[2J', s: 1_769_850_000 },
    {},
  ];
  writeFileSync(sample, JSON.stringify({ all }));
  const { code, stdout, stderr } = await firebreak(['policy', 'check', path, '--sample', sample]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /Down \(firing\) of json-uptime, [0-9a-f]{16}, since 2026-01-31T10:00:00.000Z\n {2}About: shop\/web\n/,
  );
  expect(stdout).toContain('  About: The alert names no object that an action exists for.\n');
  expect(stdout).toContain('Left out: "all[2].t": must be a text\n');
  expect(stdout).not.toContain('\u001b');
  const other = await firebreak(['policy', 'check', path, '--sample', sample, '--format', 'uptim']);
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('there are uptime') });
});

const trusting =
  'version: 1\ntrust: { minimum: 0.5, alone: [{ playbook: reboot, environment: other namespaces }] }\n';

test.each<[string, string[], Record<string, string>?]>([
  ['policy', ['policy', 'check', '', '--playbooks', folderOf({})]],
  ['policy in an environment', ['policy', 'check', ''], { FIREBREAK_PLAYBOOKS: folderOf({}) }],
  ['playbook', ['playbook', 'check', folderOf({}), '--policy', '']],
])(
  '%s check notes a playbook that is trusted and not there, and finds nothing wrong',
  async (_name, args, env = {}) => {
    const path = file(trusting);
    const { code, stderr } = await firebreak(
      args.map((arg) => arg || path),
      env,
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `firebreak: note: ${path}: trust.alone.0.playbook: there is no playbook "reboot", so that this has no effect; no folder of playbooks is read, or it is empty\n`,
    });
  },
);

test('a check of one playbook says nothing of the others', async () => {
  const path = file(trusting);
  const one = join(import.meta.dirname, '../../examples/playbooks/undo-stuck-rollout.yaml');
  expect(await firebreak(['playbook', 'check', one, '--policy', path])).toMatchObject({
    code: 0,
    stderr: '',
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

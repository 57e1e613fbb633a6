import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploymentFacts } from '../fixtures/facts.ts';
import { firebreak } from './firebreak.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-lasting-'));
const facts = join(folder, 'facts.json');
writeFileSync(facts, JSON.stringify(deploymentFacts()));

const manifest = `kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3   # three zones
`;

function checkout(): string {
  const made = mkdtempSync(join(folder, 'checkout-'));
  mkdirSync(join(made, 'apps/shop'), { recursive: true });
  mkdirSync(join(made, '.git'));
  writeFileSync(join(made, 'apps/shop/web.yaml'), manifest);
  writeFileSync(join(made, '.git/web.yaml'), manifest);
  return made;
}

const run = (...args: string[]) => firebreak(['lasting', ...args, '--facts', facts]);
const scale = 'scale deployment/web --replicas=5 -n shop';

test('the line is named and nothing is written', async () => {
  const repository = checkout();
  const told = await run(scale, '--repository', repository, '--directory', './apps/');
  expect(told).toEqual({
    code: 0,
    stderr: '',
    stdout: 'apps/shop/web.yaml:4\n-   replicas: 3   # three zones\n+   replicas: 5   # three zones\n',
  });
  expect(readFileSync(join(repository, 'apps/shop/web.yaml'), 'utf8')).toBe(manifest);
});

test('--write writes that line, and then Git says so already', async () => {
  const repository = checkout();
  await run(scale, '--repository', repository, '--directory', '.', '--write');
  const written = readFileSync(join(repository, 'apps/shop/web.yaml'), 'utf8');
  expect(written).toBe(manifest.replace('replicas: 3', 'replicas: 5'));
  const again = await run(scale, '--repository', repository, '--directory', '.');
  expect(again).toEqual({ code: 0, stderr: '', stdout: 'Git says so already.\n' });
});

test('values of a chart, by the keys that are named', async () => {
  const repository = checkout();
  writeFileSync(join(repository, 'values.yaml'), 'web: {replicaCount: 3}\n');
  const place = ['--repository', repository, '--helm', 'values.yaml'];
  const told = await run(scale, ...place, '--value', 'spec.replicas=web.replicaCount');
  expect(told.stdout).toBe('values.yaml:1\n- web: {replicaCount: 3}\n+ web: {replicaCount: 5}\n');
});

test.each([
  [
    'what has no lasting form',
    'rollout restart deployment/web -n shop',
    ['--directory', '.'],
    1,
    'To be changed by hand: A restart',
  ],
  [
    'a file that does not set it',
    'set image deployment/web web=a:2 -n shop',
    ['--directory', '.'],
    1,
    'apps/shop/web.yaml does not set',
  ],
  ['no form', scale, [], 2, 'give one of --directory, --kustomize and --helm'],
  ['two forms', scale, ['--directory', '.', '--kustomize', '.'], 2, 'give one of'],
  ['a value that is none', scale, ['--helm', 'v.yaml', '--value', 'x'], 2, '--value "x" is not FIELD=KEY'],
  ['a command that is none', 'scale web', ['--directory', '.'], 1, 'scale'],
])('%s', async (_, command, form, code, says) => {
  const told = await run(command, '--repository', checkout(), ...form);
  expect(told).toMatchObject({ code, stdout: '' });
  expect(told.stderr).toContain(says);
});

test('a folder that is not there', async () => {
  const told = await run(scale, '--repository', join(folder, 'none'), '--directory', '.');
  expect(told.code).toBe(1);
  expect(told.stderr).toContain('--repository: the folder');
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlaybooks, loadPolicy } from '../src/config.ts';
import { policy } from '../src/domain/policy.ts';

const examples = join(import.meta.dirname, '../examples');

test('the example policy loads and names approvers', () => {
  const loaded = loadPolicy(join(examples, 'policy.yaml'));
  expect(loaded.approvers.human.users.length).toBeGreaterThan(0);
  expect(loaded.approvers.dual.users.length).toBeGreaterThanOrEqual(2);
});

test('what the example policy does not choose itself is what the defaults are', () => {
  const loaded = loadPolicy(join(examples, 'policy.yaml'));
  const { approvers: _people, namespaces, ...rest } = loaded;
  const { approvers: _nobody, namespaces: usual, ...defaults } = policy.parse({ version: 1 });
  expect(rest).toEqual(defaults);
  expect(namespaces.protected).toEqual(usual.protected);
});

describe('the example playbooks', () => {
  const folder = join(examples, 'playbooks');
  const loaded = loadPlaybooks(folder);

  test('all load, each named as its file', () => {
    const names = readdirSync(folder).map((file) => file.replace('.yaml', ''));
    expect(loaded.map(({ name }) => name)).toEqual(names.sort());
  });

  test('each matches something', () => {
    for (const { match } of loaded) expect(Object.keys(match.labels)).not.toEqual([]);
  });
});

test('every file under examples is loaded by one of these tests', () => {
  const all = readdirSync(examples, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const covered = all.filter(
    (file) => file === join(examples, 'policy.yaml') || file.startsWith(join(examples, 'playbooks/')),
  );
  expect(covered).toEqual(all);
});

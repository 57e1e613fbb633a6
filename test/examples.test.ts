import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadPlaybooks, loadPolicy, readClusters } from '../src/config.ts';
import { policy } from '../src/domain/policy/policy.ts';
import { policySchema } from '../src/policy/schema.ts';

const examples = join(import.meta.dirname, '../examples');

test('the example policy loads and names approvers', () => {
  const loaded = loadPolicy(join(examples, 'policy.yaml'));
  expect(loaded.approvers.human.users.length).toBeGreaterThan(0);
  expect(loaded.approvers.dual.users.length).toBeGreaterThanOrEqual(2);
});

test('what the example policy does not choose itself is what the defaults are', () => {
  const loaded = loadPolicy(join(examples, 'policy.yaml'));
  const { approvers: _people, namespaces, predicates, ...rest } = loaded;
  expect(predicates?.size).toBe(0);
  const { approvers: _nobody, namespaces: usual, ...defaults } = policy.parse({ version: 1 });
  expect(rest).toEqual(defaults);
  expect(namespaces.protected).toEqual(usual.protected);
});

test('the example of a team uses every key that a policy has', () => {
  const file = join(examples, 'policy-of-a-team.yaml');
  expect(loadPolicy(file).predicates?.size).toBe(3);
  const said = Object.keys(parse(readFileSync(file, 'utf8')));
  expect([...said, 'verification'].sort()).toEqual(Object.keys(policy.shape).sort());
});

test('the schema for editors is that of the policy, and the example names it', () => {
  const schema = readFileSync(join(examples, 'policy.schema.json'), 'utf8');
  expect(schema, 'run: firebreak policy schema > examples/policy.schema.json').toBe(policySchema());
  const [first] = readFileSync(join(examples, 'policy.yaml'), 'utf8').split('\n');
  expect(first).toBe('# yaml-language-server: $schema=policy.schema.json');
});

describe('the example playbooks', () => {
  const folder = join(examples, 'playbooks');
  const loaded = loadPlaybooks(folder);

  test('all load, each named as its file', () => {
    const names = readdirSync(folder).map((file) => file.replace('.yaml', ''));
    expect(loaded.map(({ name }) => name)).toEqual(names.sort());
  });

  test('each matches something', () => {
    for (const { match } of loaded) expect(Object.keys(match.labels ?? {})).not.toEqual([]);
  });
});

test('the example of several clusters loads, and its default is first', () => {
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const env = { ...pod, KUBECONFIG: '/etc/kube', FIREBREAK_CLUSTERS: join(examples, 'clusters.yaml') };
  expect(readClusters(env)).toEqual([
    { name: 'prod-eu', kubeconfig: '/etc/kube', context: 'prod-eu' },
    { name: 'prod-us', kubeconfig: '/etc/firebreak/kubeconfigs/prod-us', context: 'admin' },
    { name: 'tools', inPod: { host: '10.0.0.1', port: 443 } },
  ]);
});

test('every file under examples is loaded by one of these tests', () => {
  const all = readdirSync(examples, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const covered = all.filter(
    (file) =>
      ['policy.yaml', 'policy-of-a-team.yaml', 'policy.schema.json', 'clusters.yaml'].some(
        (name) => file === join(examples, name),
      ) || file.startsWith(join(examples, 'playbooks/')),
  );
  expect(covered).toEqual(all);
});

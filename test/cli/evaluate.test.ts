import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeAddresses } from '../../src/cli/sandbox/fire-alert.ts';
import { loadPolicy } from '../../src/config.ts';
import { declarativeSpec } from '../../src/domain/spec.ts';
import { createSimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { judgeCommand } from '../../src/workflow/intake/evaluate-command.ts';
import { deploymentFacts, inNamespace, noon } from '../fixtures/facts.ts';
import { untilFull } from '../support/sandbox.ts';
import { firebreak } from './firebreak.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-evaluate-'));
const factsFile = join(folder, 'facts.json');
writeFileSync(factsFile, JSON.stringify(deploymentFacts()));
const run = (...args: string[]) => firebreak(['evaluate', ...args]);
const restart = 'rollout restart deployment/web -n shop';

test('facts of a file: the tier, the reasons with their sources and the rollback', async () => {
  const { code, stdout, stderr } = await run(restart, '--facts', factsFile);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^auto: \d+ of 100: kubectl rollout restart deployment\/web -n shop\n/);
  expect(stdout).toContain('[affected-pods; Deployment/web in shop: ');
  expect(stdout).toContain('\nRollback: A restart cannot be taken back');
  expect(code).toBe(0);
});

test('facts of a file need no cluster, and no list of them that can be read', async () => {
  const env = { FIREBREAK_CLUSTERS: join(folder, 'not-there.yaml') };
  const { code, stderr } = await firebreak(['evaluate', restart, '--facts', factsFile], env);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('with several clusters the command chooses one, by a name of FIREBREAK_CLUSTERS', async () => {
  const simulated = await createSimulatedCluster();
  simulated.apply(namespace('shop'));
  simulated.apply(
    deployment({ name: 'web', namespace: 'shop', replicas: 2, image: 'registry.example/web:1' }),
  );
  await untilFull(simulated.url, 1);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'here', cluster: { server: simulated.url } }],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    }),
  );
  const clusters = join(folder, 'clusters.yaml');
  const way = { kubeconfig, context: 'here' };
  writeFileSync(clusters, JSON.stringify({ version: 1, clusters: { 'prod-eu': way, 'prod-us': way } }));
  const env = { FIREBREAK_CLUSTERS: clusters };
  const placeOf = async (...args: string[]) => {
    const { stdout, stderr } = await firebreak(['evaluate', ...args, '--json'], env);
    expect(stderr).toBe('');
    return JSON.parse(stdout).facts.cluster;
  };
  expect(await placeOf(restart)).toBe('prod-eu');
  expect(await placeOf(`${restart} --context prod-us`)).toBe('prod-us');
  expect(await placeOf(restart, '--context', 'prod-us')).toBe('prod-us');
  const { code, stderr } = await firebreak(['evaluate', restart, '--context', 'asia'], env);
  expect(code).toBe(1);
  expect(stderr).toContain('FIREBREAK_CLUSTERS names no cluster "asia"; there are prod-eu, prod-us.');
  await simulated.stop();
});

const untouched = () => Promise.reject(new Error('the cluster was asked'));

test('as JSON it is what the API answers', async () => {
  const at = '2026-12-24T17:00:00+01:00';
  const { stdout } = await run(restart, '--facts', factsFile, '--at', at, '--json');
  const printed = JSON.parse(stdout);
  const deps = {
    cluster: { gather: untouched, select: untouched },
    policy: () => loadPolicy(undefined),
    clock: () => noon,
    newId: () => declarativeSpec.parse(printed.spec).id,
  };
  const question = { command: restart, facts: deploymentFacts(), at: '2026-12-24T16:00:00.000Z' };
  const answered = await judgeCommand(deps, question, new AbortController().signal);
  expect({ kind: 'judged', judgement: printed }).toEqual(answered);
});

test('what was understood otherwise than it was typed is said first', async () => {
  const { stdout, stderr } = await run('rollout restart deployment/web', '--facts', factsFile);
  expect({ stdout, stderr }).toEqual({
    stdout: '',
    stderr:
      'firebreak evaluate: The facts are of the namespace shop, and the command is for the namespace default.\n',
  });
  const file = join(folder, 'default.json');
  writeFileSync(file, JSON.stringify(inNamespace('default', deploymentFacts())));
  const understood = await run('rollout restart deployment/web', '--facts', file);
  expect(understood.stdout).toMatch(/^Note: No namespace given: "default" is meant\.\nauto: /);
});

test('a time that is none', async () => {
  const { code, stderr } = await run(restart, '--facts', factsFile, '--at', 'tomorrow');
  expect(stderr).toContain('--at: "tomorrow" is no instant');
  expect(code).toBe(1);
});

test('the tier as exit code, by a policy of its own', async () => {
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, 'version: 1\nactions: { disabled: [rollout restart] }\n');
  const args = [restart, '--facts', factsFile, '--policy', policy, '--exit-code'];
  const { code, stdout } = await run(...args);
  expect(stdout).toContain('The policy switches rollout restart off.');
  expect(code).toBe(12);
});

test('facts of a cluster, by kubeconfig and context', async () => {
  const cluster = await createSimulatedCluster({ scenario: true });
  const file = join(folder, 'kubeconfig.json');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: cluster.url } }],
    users: [{ name: 'me', user: { token: 'secret' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  try {
    const { stdout, stderr } = await run(
      'rollout restart deployment/nothing -n shop',
      ...['--kubeconfig', file, '--context', 'lab'],
    );
    expect(stdout).toBe('');
    expect(stderr).toContain('nothing');
    const found = await run(restart, '--kubeconfig', file, '--context', 'lab', '--json');
    expect(JSON.parse(found.stdout).facts).toMatchObject({ cluster: 'lab', subject: { kind: 'workload' } });
  } finally {
    await cluster.stop();
  }
});

test('facts of the cluster of a running sandbox, by its policy', async () => {
  const cluster = await createSimulatedCluster({ scenario: true });
  const home = mkdtempSync(join(folder, 'sandbox-'));
  await writeAddresses(home, { port: 1, alertToken: 'unused', clusterUrl: cluster.url });
  try {
    const gateway = 'rollout restart deployment/gateway -n payments';
    const { stdout, stderr } = await run(gateway, '--sandbox', '--folder', home);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^human: \d+ of 100: /);
    expect(stdout).toMatch(/\nJudged by: .*\/examples\/policy\.yaml\n$/);
  } finally {
    await cluster.stop();
  }
  const gone = await run(restart, '--sandbox', '--folder', join(home, 'nothing'));
  expect(gone.stderr).toBe('firebreak: No sandbox is running here. Start one with: npm run sandbox\n');
});

test('a command that is none is refused with a caret', async () => {
  const { code, stderr } = await run('rollout restrat deployment/web');
  expect(stderr).toContain('^');
  expect(code).toBe(1);
});

test('facts that are none are refused with their place', async () => {
  const file = join(folder, 'bad.json');
  writeFileSync(file, '{ "cluster": "test", "clutser": "x" }');
  const { code, stderr } = await run(restart, '--facts', file);
  expect(stderr).toContain(`${file}:1:22: the document: unknown key "clutser"; did you mean "cluster"?`);
  expect(code).toBe(1);
});

test('no command', async () => {
  expect((await run()).code).toBe(2);
});

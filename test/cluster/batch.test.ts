import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, inject, test } from 'vitest';
import { z } from 'zod';
import { connectFromKubeconfig } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../src/domain/action.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { type JsonObject, json } from '../../src/domain/text/json.ts';
import type { Tier } from '../../src/domain/tier.ts';
import { evaluate } from '../../src/stages/evaluate/evaluate.ts';
import { createStage } from '../contract/cluster-world.ts';
import { cronJob, job, service } from '../contract/manifests.ts';
import { until } from '../contract/rest.ts';
import { noon, specId } from '../fixtures/facts.ts';
import { silentLog } from '../fixtures/log.ts';
import { unhurried } from '../support/unhurried.ts';
import { writeKubeconfig } from './credentials.ts';
import { applyShared, kubectl } from './oracle.ts';

const connection = await connectFromKubeconfig({ kubeconfig: inject('controlPlane').kubeconfigPath });
const cluster = createCluster({ name: 'real', connection, log: silentLog, ...unhurried });
const stage = createStage(() => ({ cluster, connection, teardown: () => connection.close() }));
const folder = await mkdtemp(join(tmpdir(), 'firebreak-jobs-'));
afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

const rbac = resolve(import.meta.dirname, '../../deploy/base/rbac.yaml');
const report = (namespace: string) => ({ kind: 'CronJob', namespace, name: 'report' }) as const;
const imported = (namespace: string) => ({ kind: 'Job', namespace, name: 'import' }) as const;

const texts = z.record(z.string(), z.string());
const printed = z.object({
  metadata: z.looseObject({ labels: texts.default({}), annotations: texts.default({}) }),
  spec: z.looseObject({
    selector: z.unknown(),
    template: z.looseObject({ metadata: z.looseObject({ labels: texts }) }),
  }),
});

/** A Job as kubectl prints it, with its own uid and name called by the same words everywhere. */
async function live(name: string, namespace: string) {
  const text = await kubectl(['get', `job/${name}`, '-n', namespace, '-o', 'json']);
  const { uid } = z.object({ metadata: z.object({ uid: z.string() }) }).parse(JSON.parse(text)).metadata;
  const renamed = text.replaceAll(uid, 'its-uid').replaceAll(/(job-name": )"[^"]*"/g, '$1"its-name"');
  const { metadata, spec } = printed.parse(JSON.parse(renamed));
  const { labels, annotations, ownerReferences } = metadata;
  return { labels, annotations, ownerReferences, spec };
}

const execute = async (action: Action) => stage.apply(await stage.plan(action));

describe.concurrent('beside the real kubectl', () => {
  test('a Job made from a CronJob is the same', async ({ expect }) => {
    const run = { parallelism: 2, completions: 2, ttlSecondsAfterFinished: 900, activeDeadlineSeconds: 60 };
    const namespace = await stage.namespace(cronJob({ run }));
    await kubectl(['create', 'job', 'theirs', '--from=cronjob/report', '-n', namespace]);
    const applied = await execute({ verb: 'create job', target: report(namespace), job: 'ours' });
    expect(applied).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await live('ours', namespace)).toEqual(await live('theirs', namespace));
  });

  test('a Job made from a CronJob without labels and annotations is the same', async ({ expect }) => {
    const spec = { jobTemplate: { spec: z.record(z.string(), json).parse(job()['spec']) } };
    const namespace = await stage.namespace(cronJob({ spec }));
    await kubectl(['create', 'job', 'theirs', '--from=cronjob/report', '-n', namespace]);
    await execute({ verb: 'create job', target: report(namespace), job: 'ours' });
    expect(await live('ours', namespace)).toEqual(await live('theirs', namespace));
  });

  test('a Job that is run again has the spec of the old one', async ({ expect }) => {
    const namespace = await stage.namespace(job());
    await kubectl(['wait', 'job/import', '-n', namespace, '--for=condition=Complete', '--timeout=300s']);
    await execute({ verb: 'create job', target: imported(namespace), job: 'import-again' });
    const [old, again] = [await live('import', namespace), await live('import-again', namespace)];
    expect(again.spec).toEqual(old.spec);
    await kubectl([
      'wait',
      'job/import-again',
      '-n',
      namespace,
      '--for=condition=Complete',
      '--timeout=300s',
    ]);
  });

  test.for([
    { kind: 'CronJob', name: 'report', manifest: cronJob() },
    { kind: 'Job', name: 'import', manifest: job({ image: 'import:never-ready' }) },
  ] as const)('a suspended $kind is the same', async ({ kind, name, manifest }, { expect }) => {
    const [theirs, ours] = [await stage.namespace(manifest), await stage.namespace(manifest)];
    const patch = JSON.stringify({ spec: { suspend: true } });
    await kubectl(['patch', `${kind}/${name}`, '-n', theirs, '-p', patch]);
    await execute({ verb: 'suspend', target: { kind, namespace: ours, name } });
    const suspended = (namespace: string) =>
      kubectl(['get', `${kind}/${name}`, '-n', namespace, '-o', 'jsonpath={.spec.suspend}']);
    expect(await suspended(ours)).toBe(await suspended(theirs));
  });

  test('a deleted Job leaves as little behind', async ({ expect }) => {
    const manifest = job({ image: 'import:never-ready' });
    const [theirs, ours] = [await stage.namespace(manifest), await stage.namespace(manifest)];
    const pods = (namespace: string) =>
      kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.name}']);
    for (const namespace of [theirs, ours])
      await until(
        () => pods(namespace),
        (names) => names !== '',
      );
    await kubectl(['delete', 'job/import', '-n', theirs]);
    await execute({ verb: 'delete job', target: imported(ours) });
    for (const namespace of [theirs, ours]) {
      const left = await until(
        () => pods(namespace),
        (names) => names === '',
      );
      expect(left).toBe('');
    }
  });
});

test.concurrent('deploy/base/rbac.yaml is enough for all of it', async ({ expect }) => {
  await applyShared(rbac);
  const namespace = await stage.namespace(cronJob(), job({ image: 'import:never-ready' }));
  const account = '--serviceaccount=firebreak:firebreak';
  const role = '--clusterrole=firebreak-act';
  await kubectl(['create', 'rolebinding', 'firebreak', '-n', namespace, role, account]);
  const token = (await kubectl(['create', 'token', 'firebreak', '-n', 'firebreak'])).trim();
  const kubeconfigPath = join(folder, 'kubeconfig.json');
  const { url, ca } = inject('controlPlane');
  writeKubeconfig({ name: 'firebreak', token, kubeconfigPath }, { url, ca });
  const own = await connectFromKubeconfig({ kubeconfig: kubeconfigPath });
  const limited = createStage(() => ({
    cluster: createCluster({ name: 'real', connection: own, log: silentLog, ...unhurried }),
    connection,
    teardown: () => own.close(),
  }));
  const actions: Action[] = [
    { verb: 'suspend', target: report(namespace) },
    { verb: 'resume', target: report(namespace) },
    { verb: 'create job', target: report(namespace), job: 'report-now' },
    { verb: 'suspend', target: imported(namespace) },
    { verb: 'resume', target: imported(namespace) },
    { verb: 'delete job', target: imported(namespace) },
  ];
  for (const action of actions) {
    expect((await limited.facts(action)).unknown, action.verb).toEqual([]);
    expect(await limited.apply(await limited.plan(action)), action.verb).toMatchObject({ kind: 'applied' });
  }
  await own.close();
});

interface Setup {
  readonly name: string;
  readonly objects: readonly JsonObject[];
  readonly prepare?: (namespace: string) => Promise<unknown>;
  readonly action: (namespace: string) => Action;
  readonly tier: Tier;
  readonly score: number;
  /** How one of its sentences begins. */
  readonly says: string;
}

const runs = { image: 'import:never-ready' };
const started = (namespace: string) =>
  until(
    () => kubectl(['get', 'job/import', '-n', namespace, '-o', 'jsonpath={.status.active}']),
    (active) => active !== '',
  );
const over = (condition: string) => (namespace: string) =>
  kubectl(['wait', 'job/import', '-n', namespace, `--for=condition=${condition}`, '--timeout=300s']);
const forbidding = { spec: { concurrencyPolicy: 'Forbid' }, image: 'report:never-ready' };
const byHand = (namespace: string) =>
  kubectl(['create', 'job', 'by-hand', '--from=cronjob/report', '-n', namespace]);

/** Times in managedFields are whole seconds: a change in the second of the creation cannot be told from it. */
const changed = (spec: JsonObject) => async (namespace: string) => {
  const created = Date.now();
  await until(
    async () => Date.now(),
    (now) => now > created + 2000,
  );
  await kubectl(['patch', 'cronjob/report', '-n', namespace, '-p', JSON.stringify({ spec })]);
};

const setups: readonly Setup[] = [
  {
    name: 'a CronJob that somebody has just resumed is suspended',
    objects: [cronJob({ spec: { suspend: true } })],
    prepare: changed({ suspend: false }),
    action: (namespace) => ({ verb: 'suspend', target: report(namespace) }),
    ...{ tier: 'human', score: 11, says: 'kubectl-patch changed spec.suspend' },
  },
  {
    name: 'a CronJob whose template somebody has just changed is run',
    objects: [cronJob()],
    prepare: changed({ jobTemplate: { spec: { backoffLimit: 3 } } }),
    action: (namespace) => ({ verb: 'create job', target: report(namespace), job: 'report-now' }),
    ...{ tier: 'human', score: 11, says: 'kubectl-patch changed spec.jobTemplate' },
  },
  {
    name: 'a CronJob is suspended',
    objects: [cronJob()],
    action: (namespace) => ({ verb: 'suspend', target: report(namespace) }),
    ...{ tier: 'auto', score: 8, says: 'No more runs at "0 0 1 1 *"' },
  },
  {
    name: 'a CronJob that has never run is resumed',
    objects: [cronJob({ spec: { suspend: true } })],
    action: (namespace) => ({ verb: 'resume', target: report(namespace) }),
    ...{ tier: 'human', score: 11, says: 'It may start at once' },
  },
  {
    name: 'a run beside the one that is the only one allowed',
    objects: [cronJob(forbidding)],
    prepare: byHand,
    action: (namespace) => ({ verb: 'create job', target: report(namespace), job: 'second' }),
    ...{
      tier: 'human',
      score: 11,
      says: 'CronJob/report allows one run at a time (Forbid), and Job/by-hand',
    },
  },
  {
    name: 'a run under a name that is taken',
    objects: [cronJob(), job()],
    action: (namespace) => ({ verb: 'create job', target: report(namespace), job: 'import' }),
    ...{ tier: 'blocked', score: 100, says: 'There is a Job/import in ' },
  },
  {
    name: 'a running Job is suspended',
    objects: [job(runs)],
    prepare: started,
    action: (namespace) => ({ verb: 'suspend', target: imported(namespace) }),
    ...{ tier: 'human', score: 16, says: '1 running pod is stopped' },
  },
  {
    name: 'a running Job is deleted',
    objects: [job(runs)],
    prepare: started,
    action: (namespace) => ({ verb: 'delete job', target: imported(namespace) }),
    ...{ tier: 'human', score: 26, says: '1 running pod is stopped and not started again' },
  },
  {
    name: 'a Job that has completed is deleted',
    objects: [job()],
    prepare: over('Complete'),
    action: (namespace) => ({ verb: 'delete job', target: imported(namespace) }),
    ...{ tier: 'auto', score: 6, says: 'A deleted Job does not come back' },
  },
  {
    name: 'a Job that has completed is suspended',
    objects: [job()],
    prepare: over('Complete'),
    action: (namespace) => ({ verb: 'suspend', target: imported(namespace) }),
    ...{ tier: 'blocked', score: 100, says: 'Job/import has ended (Complete)' },
  },
  {
    name: 'a failed Job whose pods a Service selects is run again',
    objects: [job({ image: 'import:crash' }), service('import')],
    prepare: over('Failed'),
    action: (namespace) => ({ verb: 'create job', target: imported(namespace), job: 'import-again' }),
    ...{ tier: 'human', score: 21, says: 'It runs again' },
  },
];

test.concurrent.for(setups)('$name: $tier', async (setup, { expect }) => {
  const namespace = await stage.namespace(...setup.objects);
  await setup.prepare?.(namespace);
  const action = setup.action(namespace);
  const facts = await stage.facts(action);
  expect(facts.unknown).toEqual([]);
  const rules = policy.parse({ version: 1 });
  const { tier, score, lineItems } = evaluate({ id: specId, now: noon, action, facts, policy: rules });
  expect({ tier, score }).toEqual({ tier: setup.tier, score: setup.score });
  expect(lineItems.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining(setup.says));
});

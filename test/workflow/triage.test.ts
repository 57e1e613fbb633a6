import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlaybooks } from '../../src/config.ts';
import { placeholderNames } from '../../src/domain/incidents/placeholders.ts';
import type { Playbook } from '../../src/domain/incidents/playbook.ts';
import { verificationPlan } from '../../src/workflow/context.ts';
import { triage } from '../../src/workflow/intake/triage.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { createRig, type RigOptions, strictPolicy } from '../fixtures/rig.ts';
import { alertOf } from '../fixtures/script.ts';

const examples = loadPlaybooks(join(import.meta.dirname, '../../examples/playbooks'));
const cordon: Playbook = {
  version: 1,
  name: 'cordon-node',
  description: 'd',
  match: { labels: { alertname: 'NodeDown' } },
  claim: 'none',
  action: 'cordon {{node}}',
};

const again: Playbook = {
  ...cordon,
  name: 'run-job-again',
  match: { labels: { alertname: 'KubeJobFailed' } },
  action: 'create job {{name}}-again --from={{kind}}/{{name}} -n {{namespace}}',
};
const wider: Playbook = {
  ...cordon,
  name: 'widen-autoscaler',
  match: { labels: { alertname: 'KubeHpaMaxedOut' } },
  action: `patch {{kind}}/{{name}} -p '{"spec":{"maxReplicas":20}}' -n {{namespace}}`,
};

/** What triage makes of an alert with these labels. */
async function triaged(
  labels: Readonly<Record<string, string>>,
  options: RigOptions & { attempt?: number; annotations?: Record<string, string> } = {},
) {
  const world = { ill: true, ready: 2, ...options.world };
  const rig = createRig({ playbooks: [...examples, cordon, again, wider], ...options, world });
  const alert = alertOf(labels);
  await rig.context.store.ingest([{ ...alert, annotations: options.annotations ?? alert.annotations }]);
  const [incident] = rig.now().shelf.incidents;
  if (incident === undefined) throw new Error('no incident was opened');
  return triage(rig.context, incident, options.attempt ?? 0, new AbortController().signal);
}

const crashing = { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'web-7d4b9c6f5-x2x9k' };
const target = { kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('a proposal', () => {
  test('a pod: what owns it, by the example playbook', async () => {
    expect(await triaged(crashing)).toEqual({
      kind: 'proposal',
      playbook: 'restart-crash-looping',
      proposal: {
        id: expect.any(String),
        action: { verb: 'rollout restart', target },
        requestedBy: {
          kind: 'playbook',
          playbook: 'restart-crash-looping',
          alert: 'KubePodCrashLooping',
          claim: 'crash-looping',
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          values: { kind: 'deployment', name: 'web', namespace: 'shop', pod: 'web-7d4b9c6f5-x2x9k' },
        },
        reason: 'It crashes.',
      },
      owner: { key: 'test/shop/Deployment/web', coolDownSeconds: 900 },
    });
  });

  test.each([
    [
      'a workload named by the alert',
      { alertname: 'KubeDeploymentRolloutStuck', namespace: 'shop', deployment: 'web' },
      { verb: 'rollout undo', target },
    ],
    [
      'a node',
      { alertname: 'NodeDown', node: 'worker-1' },
      { verb: 'cordon', target: { kind: 'Node', name: 'worker-1' } },
    ],
    [
      'a Job, beside the name of what was scraped',
      { alertname: 'KubeJobFailed', namespace: 'shop', job: 'kube-state-metrics', job_name: 'import-29' },
      {
        verb: 'create job',
        target: { kind: 'Job', namespace: 'shop', name: 'import-29' },
        job: 'import-29-again',
      },
    ],
    [
      'an autoscaler',
      { alertname: 'KubeHpaMaxedOut', namespace: 'shop', horizontalpodautoscaler: 'web' },
      {
        verb: 'patch',
        target: { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'web' },
        fields: [{ path: 'spec.maxReplicas', value: 20 }],
      },
    ],
  ])('%s', async (_name, labels, action) => {
    expect(await triaged(labels)).toMatchObject({ kind: 'proposal', proposal: { action } });
  });

  test.each([
    ['the summary', { summary: 's', description: 'd' }, 's'],
    ['else the description', { description: 'd' }, 'd'],
    ['else the name', {}, 'KubePodCrashLooping'],
    ['without its secrets', { summary: 'api_key=abcdef123456' }, 'api_key=[redacted]'],
    ['shortened between characters', { summary: `${'x'.repeat(499)}😀` }, `${'x'.repeat(499)}…`],
  ])('its reason is %s', async (_name, annotations, reason) => {
    expect(await triaged(crashing, { annotations })).toMatchObject({ proposal: { reason } });
  });
});

describe('no action, with the reason', () => {
  test.each<[string, Readonly<Record<string, string>>, RigOptions, RegExp]>([
    [
      'what the alert says is not so',
      crashing,
      { world: { ill: false } },
      /^Playbook restart-crash-looping: The claim about Deployment\/web in shop is that a pod of it is crash looping\. It is not so: No pod of it is crash looping\.$/,
    ],
    ['no playbook matches', { alertname: 'Else' }, {}, /^No playbook matches the alert Else\.$/],
    ['there are no playbooks', crashing, { playbooks: [] }, /^No playbook matches/],
    [
      'the pod is gone',
      crashing,
      { world: { podOwned: false } },
      /^Playbook restart-crash-looping: Pod\/web-7d4b9c6f5-x2x9k in shop is gone, or no workload owns it\.$/,
    ],
    [
      'the pod is gone, and its name says what it was of',
      crashing,
      { world: { podOwned: 'by its name', ill: true } },
      /^Playbook restart-crash-looping: Pod\/web-7d4b9c6f5-x2x9k in shop is gone; by its name it belonged to Deployment\/web, which is not acted on by a name alone\.$/,
    ],
    [
      'no target is named',
      { alertname: 'KubePodCrashLooping' },
      {},
      /^Playbook restart-crash-looping: The alert names no/,
    ],
    ['a pod without a namespace', { ...crashing, namespace: '' }, {}, /but no namespace\.$/],
    [
      'the playbook is for another kind, and something of it is called the same',
      { alertname: 'KubeDeploymentRolloutStuck', namespace: 'shop', statefulset: 'web' },
      {},
      /^Playbook undo-stuck-rollout: The command is for a Deployment, and "web" is a StatefulSet\.$/,
    ],
    [
      'a pod name with a flag in it',
      { ...crashing, pod: 'web --all' },
      {},
      /label pod is not a Kubernetes name: "web --all"\.$/,
    ],
    [
      'a namespace with a second command in it',
      { ...crashing, namespace: 'a;b' },
      {},
      /label namespace is not a Kubernetes name/,
    ],
    [
      'a secret in a label',
      { ...crashing, pod: 'Password=swordfish1' },
      {},
      /label pod is not a Kubernetes name: "Password=\[redacted\]?/,
    ],
    [
      'a playbook whose placeholder this alert does not fill',
      { alertname: 'NodeDown', namespace: 'shop', deployment: 'web' },
      {},
      /^Playbook cordon-node: Placeholder .*node.* has no value/,
    ],
  ])('%s', async (_name, labels, options, reason) => {
    expect(await triaged(labels, options)).toMatchObject({
      kind: 'no_action',
      reason: expect.stringMatching(reason),
    });
  });

  test('where what the most specific playbook claims is not so, the next is looked at, which is said', async () => {
    const strict: Playbook = {
      ...cordon,
      name: 'only-images',
      match: { labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' } },
      claim: 'image-not-pulled',
      action: 'rollout undo {{kind}}/{{name}} -n {{namespace}}',
    };
    const found = await triaged(crashing, { playbooks: [...examples, strict] });
    expect(found).toMatchObject({
      kind: 'proposal',
      playbook: 'restart-crash-looping',
      proposal: {
        reason: expect.stringMatching(
          /\(Playbook only-images: .*an image of it cannot be pulled.* It is not so/,
        ),
      },
    });
    expect(
      await triaged(crashing, { playbooks: [...examples, strict], world: { ill: false, ready: 3 } }),
    ).toMatchObject({
      kind: 'no_action',
      reason: expect.stringMatching(/^Playbook only-images: .* Playbook restart-crash-looping: /),
    });
  });

  test('what a pod that is gone was of is whose incident it is', async () => {
    const world = { podOwned: 'by its name' } as const;
    expect(await triaged(crashing, { world })).toMatchObject({ owner: { key: 'test/shop/Deployment/web' } });
    expect(await triaged({ ...crashing, alertname: 'Else' }, { world })).toMatchObject({
      owner: { key: 'test/shop/Deployment/web' },
    });
  });

  test('an incident without an alert', async () => {
    const rig = createRig();
    await rig.commands.remediate({
      text: 'cordon worker-1',
      actor: { userId: 'U0ASK', teamId: 'T0' },
      requestKey: 'k',
    });
    const [incident] = rig.now().shelf.incidents;
    if (incident === undefined) throw new Error('no incident was opened');
    expect(await triage(rig.context, incident, 0, new AbortController().signal)).toEqual({
      kind: 'no_action',
      reason: 'The incident carries no alert.',
    });
  });
});

describe('a cluster that cannot be asked', () => {
  const away: RigOptions = { world: { silent: ['ownerOf'] } };

  test.each([0, 1, 4])('is asked again after attempt %i', async (attempt) => {
    await expect(triaged(crashing, { ...away, attempt })).rejects.toBeInstanceOf(ClusterFault);
  });

  test('is given up after the sixth, in one sentence', async () => {
    expect(await triaged(crashing, { ...away, attempt: 5 })).toEqual({
      kind: 'no_action',
      reason: 'Playbook restart-crash-looping: The cluster test does not answer. password=[redacted]',
    });
  });
});

test('every value that an alert can give has a placeholder that a playbook may use', async () => {
  const all = placeholderNames.map((name) => `{{${name}}}`);
  expect(all).toEqual(['{{kind}}', '{{name}}', '{{namespace}}', '{{pod}}', '{{node}}']);
  const deletePod: Playbook = { ...cordon, name: 'delete', action: 'delete pod {{pod}} -n {{namespace}}' };
  expect(
    await triaged(
      { ...crashing, alertname: 'NodeDown' },
      { playbooks: [deletePod], world: { podOwned: false } },
    ),
  ).toMatchObject({ proposal: { action: { verb: 'delete pod', target: { name: crashing.pod } } } });
});

describe('how a remediation is verified', () => {
  const rig = createRig({
    playbooks: [{ ...cordon, verification: { goodSamples: 9, initialDelaySeconds: 0 } }],
  });
  const plan = strictPolicy.verification;

  test('by its playbook where that says something, by the policy otherwise', () => {
    const requestedBy = { kind: 'playbook', playbook: 'cordon-node', alert: 'NodeDown' } as const;
    expect(verificationPlan(rig.context, { requestedBy })).toEqual({
      ...plan,
      goodSamples: 9,
      initialDelaySeconds: 0,
    });
  });

  test.each([
    ['a person', { kind: 'person', actor: { userId: 'U0ASK', teamId: 'T0' } }],
    ['a rollback', { kind: 'rollback', of: '00000000-0000-4000-8000-000000000001', ofNumber: 1 }],
    ['a playbook that is not there any more', { kind: 'playbook', playbook: 'gone', alert: 'A' }],
  ] as const)('by the policy for %s', (_name, requestedBy) => {
    expect(verificationPlan(rig.context, { requestedBy })).toEqual(plan);
  });
});

import { describe, expect, it } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type DeclarativeSpec, declarativeSpec } from '../../../src/domain/spec.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  noon,
  pauseIn,
  podFacts,
  restartOf,
  resumeIn,
  scaleTo,
  setImageTo,
  specId,
  statefulSetFacts,
  uncordonNode,
  undoOf,
} from '../../fixtures/facts.ts';

const judge = (action: Action, facts: Facts, policy = defaultPolicy): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy });

const kinds = (spec: DeclarativeSpec): string[] => spec.constraints.map(({ kind }) => kind);

/** Of whatever replaces pods that are ready. */
const kept = ['minimum_replicas', 'ready_pods'];

describe('constraints, with the conditions of the earlier system', () => {
  it.each<[string, Action, Facts, string[]]>([
    ['outside production', restartOf(), deploymentFacts(), ['outside_production', ...kept]],
    ['in production', restartOf('Deployment', 'prod'), inNamespace('prod', deploymentFacts()), kept],
    ['node', uncordonNode, nodeFacts({ unschedulable: true }), []],
    [
      'scale to zero',
      scaleTo(0),
      deploymentFacts(),
      ['outside_production', 'scale_to_zero', 'snapshot_required'],
    ],
    ['scale', scaleTo(5), deploymentFacts(), ['outside_production', 'minimum_replicas']],
    ['undo', undoOf(), deploymentFacts(), ['outside_production', ...kept, 'previous_revision']],
    [
      'undo without history',
      undoOf(),
      deploymentFacts({ revisions: [] }),
      ['outside_production', 'snapshot_required', 'previous_revision'],
    ],
  ])('%s', (_name, action, facts, expected) => {
    expect(kinds(judge(action, facts))).toEqual(expected);
  });

  it.each([
    [1, 1],
    [2, 1],
    [5, 4],
  ])('scaling to %i keeps at least %i', (replicas, least) => {
    const { constraints } = judge(scaleTo(replicas), deploymentFacts());
    expect(constraints).toContainEqual(
      expect.objectContaining({ kind: 'minimum_replicas', replicas: least }),
    );
  });

  it('names the revision that must exist', () => {
    expect(judge(undoOf('Deployment', 1), deploymentFacts()).constraints).toContainEqual({
      kind: 'previous_revision',
      revision: 1,
      owner: 'Deployment/web',
      namespace: 'shop',
      sentence: 'Revision 1 must exist.',
    });
  });

  it.each([
    ['a score of 27', statefulSetFacts(), false],
    ['a score of 41', statefulSetFacts({ desired: 1 }), true],
  ])('a snapshot is required from 40 on: %s', (_name, facts, required) => {
    const spec = judge(restartOf('StatefulSet'), facts);
    expect(kinds(spec).includes('snapshot_required')).toBe(required);
  });
});

describe('the rollback', () => {
  const back = (spec: DeclarativeSpec): string =>
    spec.rollbackPlan.kind === 'action' ? printAction(spec.rollbackPlan.action) : spec.rollbackPlan.sentence;

  it.each<[string, Action, Facts, string]>([
    [
      'undo of a StatefulSet names a StatefulSet and the live revision',
      undoOf('StatefulSet'),
      statefulSetFacts(),
      'kubectl rollout undo statefulset/web --to-revision=3 -n shop',
    ],
    [
      'undo of a DaemonSet names a DaemonSet',
      undoOf('DaemonSet'),
      deploymentFacts(),
      'kubectl rollout undo daemonset/web --to-revision=3 -n shop',
    ],
    [
      'scale goes back to what was live, not to what was asked',
      scaleTo(5),
      deploymentFacts({ desired: 2 }),
      'kubectl scale deployment/web --replicas=2 --current-replicas=5 -n shop',
    ],
    [
      'scale to zero comes back',
      scaleTo(0),
      deploymentFacts(),
      'kubectl scale deployment/web --replicas=3 --current-replicas=0 -n shop',
    ],
    [
      'images go back to the live ones',
      setImageTo('registry.example/web:2'),
      deploymentFacts(),
      'kubectl set image deployment/web web=registry.example/web:1.1 -n shop',
    ],
    ['pause', pauseIn(), deploymentFacts(), 'kubectl rollout resume deployment/web -n shop'],
    ['resume', resumeIn(), deploymentFacts({ paused: true }), 'kubectl rollout pause deployment/web -n shop'],
    ['cordon', cordonNode, nodeFacts(), 'kubectl uncordon worker-1'],
    ['uncordon', uncordonNode, nodeFacts({ unschedulable: true }), 'kubectl cordon worker-1'],
    [
      'a restart has none',
      restartOf(),
      deploymentFacts(),
      'A restart cannot be taken back: it leaves the template as it was, and the old pods are gone.',
    ],
    [
      'a deleted pod has none',
      deletePodIn(),
      podFacts(),
      'A deleted pod does not come back; its controller starts another.',
    ],
    [
      'an image that no command can name has none',
      setImageTo('x:1'),
      deploymentFacts({ containers: [{ name: 'web', image: '$(IMAGE)', init: false, index: 0 }] }),
      'There is no way back: what is live now is not known.',
    ],
  ])('%s', (_name, action, facts, expected) => {
    expect(back(judge(action, facts))).toBe(expected);
  });
});

describe('target state', () => {
  it.each<[Action, Facts, object]>([
    [scaleTo(5), deploymentFacts(), { 'spec.replicas': 5 }],
    [undoOf(), deploymentFacts(), { 'spec.template': 'revision 2' }],
    [setImageTo('x:1'), deploymentFacts(), { 'spec.template.spec.containers[web].image': 'x:1' }],
    [
      setImageTo('x:1', 'migrate'),
      deploymentFacts(),
      { 'spec.template.spec.initContainers[migrate].image': 'x:1' },
    ],
    [pauseIn(), deploymentFacts(), { 'spec.paused': true }],
    [cordonNode, nodeFacts(), { 'spec.unschedulable': true }],
    [deletePodIn(), podFacts(), {}],
  ])('%j', (action, facts, fields) => {
    expect(judge(action, facts).targetState.fields).toEqual(fields);
  });
});

describe('the spec', () => {
  it('has exactly its eleven fields and passes its own schema', () => {
    const spec = judge(restartOf(), deploymentFacts());
    expect(Object.keys(spec)).toHaveLength(11);
    expect(declarativeSpec.parse(spec)).toEqual(spec);
  });

  it.each([
    [0, true],
    [8, true],
    [9, false],
  ])('asks for a dry run from the score in the policy on: %i', (dryRunFromScore, expected) => {
    const policy = { ...defaultPolicy, dryRunFromScore };
    expect(judge(restartOf(), deploymentFacts(), policy).dryRunRequired).toBe(expected);
  });

  it('lets no part of a name decide: grayscale-api is no scale, production-like no production', () => {
    const action: Action = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: 'production-like', name: 'grayscale-api' },
    };
    const spec = judge(action, inNamespace('production-like', deploymentFacts()));
    expect(kinds(spec)).toEqual(['outside_production', ...kept]);
    expect(spec.tier).toBe('auto');
    expect(spec.rollbackPlan.kind).toBe('none');
  });

  it('shows what a larger line outweighs without counting it', () => {
    const spec = judge(restartOf('StatefulSet'), statefulSetFacts());
    const outweighed = spec.lineItems.filter((item) => !item.counted).map(({ rule }) => rule);
    expect(outweighed).toEqual(['ready-pods', 'rollback']);
  });

  it.each([
    [deploymentFacts({ strategy: { type: 'Recreate' } }), 'Deployment/web in shop: spec.strategy.type'],
    [
      deploymentFacts({ strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 1, partition: 0 } }),
      'Deployment/web in shop: spec.strategy',
    ],
  ])('names the field that decides how many pods go at once', (facts, source) => {
    const item = judge(restartOf(), facts).lineItems.find(({ rule }) => rule === 'ready-pods');
    expect(item?.source).toBe(source);
  });

  it('names the object that each line was read from', () => {
    const sources = judge(restartOf('StatefulSet'), statefulSetFacts()).lineItems.map(({ source }) => source);
    expect(sources).toContain('StatefulSet/web in shop: spec.volumeClaimTemplates');
  });
});

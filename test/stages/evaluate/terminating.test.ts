import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import {
  cronJobFacts,
  deleteJob,
  jobFacts,
  runCronJob,
  suspendCronJob,
  suspendJob,
} from '../../fixtures/batch.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  nodePod,
  noon,
  podFact,
  podFacts,
  remediationId,
  restartOf,
  scaleTo,
  specId,
  statefulSetFacts,
  uncordonNode,
} from '../../fixtures/facts.ts';
import { drain, housing, node } from '../../fixtures/nodes.ts';

const judge = (action: Action, facts: Facts) =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });
const termination = {
  since: '2026-03-01T11:30:00.000Z',
  due: '2026-03-01T11:30:30.000Z',
  finalizers: ['example.com/hold'],
};
const dying = (facts: Facts): Facts => ({ ...facts, identity: { ...facts.identity, termination } });

describe('an object that is on its way out', () => {
  it.each<[string, Action, Facts]>([
    ['Deployment', restartOf(), deploymentFacts()],
    ['Deployment that is scaled', scaleTo(5), deploymentFacts()],
    ['StatefulSet', restartOf('StatefulSet'), statefulSetFacts()],
    ['Pod', deletePodIn(), podFacts()],
    ['Node', drain, node()],
    ['Node that is cordoned', cordonNode, node()],
    ['Node that is opened', uncordonNode, node({ unschedulable: true })],
    ['Job', deleteJob(), jobFacts()],
    ['Job that is suspended', suspendJob(), jobFacts()],
    ['CronJob', suspendCronJob(), cronJobFacts()],
    ['CronJob that is run', runCronJob(), cronJobFacts()],
  ])('%s is left alone, and planning refuses in the same words', (_name, action, facts) => {
    const spec = judge(action, dying(facts));
    expect(spec.blockedReason).toMatch(
      /^\w+\/\S+ has been on its way out for 30 minutes, and waits for the finalizer example.com\/hold: what is done to it now goes with it, and deleting it again does nothing\.$/,
    );
    expect(spec.lineItems.filter(({ term }) => term === 'block')).toHaveLength(1);
    const planned = planExecution({ action, facts: dying(facts), snapshot: {}, remediationId, stamp: noon });
    expect(planned).toEqual({ kind: 'refused', reason: spec.blockedReason });
  });

  it('so is everything in a namespace that goes', () => {
    const namespace = { name: 'shop', labels: {}, terminating: true as const };
    expect(judge(restartOf(), deploymentFacts({}, { namespace })).blockedReason).toBe(
      'The namespace shop is being deleted, and Deployment/web goes with it: nothing new can start there.',
    );
  });
});

describe('pods that should be gone and are not', () => {
  const stuck = podFact('web-0', { deleting: true, termination });
  const { finalizers: _finalizers, ...late } = termination;
  const soon = { since: '2026-03-01T11:59:50.000Z', due: '2026-03-01T12:00:20.000Z' };
  const saidOf = (pod: typeof stuck) =>
    judge(restartOf(), deploymentFacts({ pods: [pod] }))
      .lineItems.filter(({ rule }) => rule === 'stuck-pods')
      .map(({ sentence }) => sentence);

  it('are named with what holds them', () => {
    expect(saidOf(stuck)).toEqual([
      'Pod/web-0 has been Terminating for 30 minutes, held by the finalizer example.com/hold: what comes after waits for that, or runs beside it.',
    ]);
    expect(saidOf({ ...stuck, termination: late })).toEqual([
      'Pod/web-0 has been Terminating for 30 minutes: what comes after waits for that, or runs beside it.',
    ]);
  });

  it('one within its grace period is no trouble', () =>
    expect(saidOf({ ...stuck, termination: soon })).toEqual([]));

  it('a drain names them too, and is not easier for it', () => {
    const going = nodePod('db-0', { traits: ['deleting'], termination });
    const spec = judge(drain, housing([nodePod('web-0'), going]));
    expect(
      spec.lineItems.filter(({ rule }) => rule === 'stuck-pods').map(({ sentence }) => sentence),
    ).toEqual([
      'Pod/db-0 in shop has been Terminating for 30 minutes, held by the finalizer example.com/hold: the drain does not end before it is gone.',
    ]);
    expect(spec.score).toBeGreaterThanOrEqual(judge(drain, housing([nodePod('web-0')])).score);
  });
});

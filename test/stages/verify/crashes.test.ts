import { describe, expect, it } from 'vitest';
import type { PodFact } from '../../../src/domain/facts/facts.ts';
import type { CallResult } from '../../../src/domain/plan.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import { deploymentFacts, pauseIn, podFact, restartOf } from '../../fixtures/facts.ts';
import { newPods, oldPods, seen, wrote } from '../../fixtures/observation.ts';

/* What counts as a crash, and of which pods and containers. */

const look = (observation: Observation, results: readonly CallResult[] = wrote(8)): string => {
  const { grade, sentence } = judge({ action: restartOf(), facts: deploymentFacts(), results, observation });
  return `${grade}: ${sentence}`;
};
const rolling = (overrides: Partial<PodFact>): Observation =>
  seen({ updated: 1, pods: [...oldPods, podFact('web-7', { uid: 'new-7', ready: false, ...overrides })] });
const init = (restarts: number) =>
  ({ name: 'wait', role: 'init', restarts, waiting: 'CrashLoopBackOff' }) as const;
const main = { name: 'web', role: 'main', restarts: 0 } as const;

describe('a new pod', () => {
  it.each([
    'CrashLoopBackOff',
    'ImagePullBackOff',
    'ErrImagePull',
    'ErrImageNeverPull',
    'CreateContainerConfigError',
    'CreateContainerError',
    'InvalidImageName',
    'RunContainerError',
  ])('does not come up from %s by itself', (waiting) => {
    expect(look(rolling({ waiting }))).toBe(`bad: Pod web-7 is in ${waiting}.`);
  });

  it.each(['ContainerCreating', 'PodInitializing'])('may come up from %s', (waiting) => {
    expect(look(rolling({ waiting }))).toMatch(/^pending/);
  });

  it.each([
    [2, /^pending/],
    [3, /^bad: Pod web-7 is in Init:CrashLoopBackOff/],
  ])('waits for an init container that has been tried again %d times: %s', (restarts, grade) => {
    expect(look(rolling({ containers: [init(restarts), main] }))).toMatch(grade);
  });

  it('whose init container was tried again has not restarted', () => {
    const done = { name: 'wait', role: 'init', restarts: 2 } as const;
    const [first, ...others] = newPods;
    if (first === undefined) throw new Error('there are new pods');
    expect(look(seen({ pods: [{ ...first, containers: [done, main] }, ...others] }))).toMatch(/^good/);
  });
});

describe('a restart since the change', () => {
  const side = { name: 'proxy', role: 'sidecar', restarts: 0 } as const;
  const ended = { terminated: 'Error (exit code 1)' };
  it.each<[string, Partial<PodFact>, string]>([
    ['once', { restarts: 1 }, 'once since the change'],
    [
      'of a pod without names',
      { restarts: 2, ...ended },
      '2 times since the change (last ended: Error (exit code 1))',
    ],
    [
      'of one container of two',
      { restarts: 3, containers: [main, { ...side, restarts: 3, ...ended }] },
      '3 times since the change (sidecar proxy, last ended: Error (exit code 1))',
    ],
  ])('%s', (_name, pod, told) => {
    expect(look(rolling(pod))).toBe(`bad: Pod web-7 has restarted ${told}.`);
  });

  const then = (before: Partial<PodFact>, now: Partial<PodFact>): string => {
    const pod = podFact('web-0', { uid: 'kept' });
    const facts = deploymentFacts({ desired: 1, pods: [{ ...pod, ...before }] });
    const observation = seen({
      ...{ desired: 1, ready: 1, available: 1, updated: 1, total: 1, pods: [{ ...pod, ...now }] },
    });
    const { grade, sentence } = judge({ action: restartOf(), facts, results: wrote(8), observation });
    return `${grade}: ${sentence}`;
  };
  const fine =
    'good: Deployment/web in shop: its pod is ready and of the new revision and has not restarted.';
  it.each<[string, Partial<PodFact>, Partial<PodFact>, string]>([
    ['none, in an older row', { restarts: 4 }, { restarts: 4, containers: [{ ...main, restarts: 4 }] }, fine],
    [
      'one, in an older row',
      { restarts: 4 },
      { restarts: 5, containers: [{ ...main, restarts: 5 }] },
      'bad: Pod web-0 has restarted once since the change.',
    ],
    [
      'none of two that had restarted differently',
      {
        containers: [
          { ...main, restarts: 1 },
          { ...side, restarts: 4 },
        ],
      },
      {
        containers: [
          { ...main, restarts: 1 },
          { ...side, restarts: 4 },
        ],
      },
      fine,
    ],
    [
      'one of two that had restarted differently',
      {
        containers: [
          { ...side, restarts: 4 },
          { ...main, restarts: 1 },
        ],
      },
      {
        containers: [
          { ...side, restarts: 4 },
          { ...main, restarts: 2 },
        ],
      },
      'bad: Pod web-0 has restarted once since the change (container web).',
    ],
    [
      'one of a container that was not there before',
      { containers: [main] },
      { containers: [main, { ...side, restarts: 1 }] },
      'bad: Pod web-0 has restarted once since the change (sidecar proxy).',
    ],
  ])('of a pod from before: %s', (_name, before, now, expected) => {
    expect(then(before, now)).toBe(expected);
  });
});

it('a pod on its way out may crash', () => {
  const leaving = podFact('web-9', { deleting: true, ready: false, waiting: 'CrashLoopBackOff' });
  expect(look(seen({ pods: [...newPods, leaving] }))).toMatch(/^good/);
});

it('what was seen before the change proves nothing, also where the write did not say which it was', () => {
  const { generation } = deploymentFacts().identity;
  const before = seen({ generation: generation - 1, observedGeneration: generation - 1 });
  const unsaid = wrote(8).map(({ generation: _generation, ...rest }) => rest);
  expect(look(before, unsaid)).toMatch(/^pending: The controller has not seen the change/);
});

it('a pause is none before the controller has seen it', () => {
  const observation = seen({ paused: true, observedGeneration: 7 });
  const judged = judge({ action: pauseIn(), facts: deploymentFacts(), results: wrote(8), observation });
  expect(judged.grade).toBe('pending');
});

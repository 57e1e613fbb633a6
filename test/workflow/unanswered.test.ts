import { describe, expect, test } from 'vitest';
import { playbook } from '../../src/domain/incidents/playbook.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import { after } from '../../src/domain/text/time.ts';
import { evaluateOrWait } from '../../src/workflow/intake/await-cluster.ts';
import { ClusterFault, type Transition } from '../../src/workflow/ports.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';
import type { World } from '../fixtures/world.ts';

/* A cluster that does not answer while what is proposed is judged. */

const believing = playbook.parse({
  version: 1,
  name: 'restart',
  description: 'Restart it.',
  match: { labels: { alertname: 'Down' } },
  claim: 'none',
  action: 'rollout restart {{kind}}/{{name}} -n {{namespace}}',
});

const claiming = { ...believing, claim: 'unhealthy' as const };

const someId = '00000000-0000-4000-8000-000000000001';

const isFailed = (rig: Rig) => rig.row(1).state === 'failed';

const failures = ({ now }: Rig) =>
  now().shelf.messages.flatMap(({ notice }) =>
    notice.kind === 'reply' && notice.headline === 'Failed in evaluation' ? [notice.broadcast] : [],
  );

const down = {
  do: 'alert',
  labels: { alertname: 'Down', namespace: 'shop', deployment: 'web' },
} as const;
const minute = 60;

const resolve = ({ now }: Rig) => {
  for (const incident of now().shelf.incidents) incident.resolvedAt = now().now;
};

test.each([
  ['an alert brought about', down],
  ['a person asked for', { do: 'ask', text: 'rollout restart deploy/web -n shop' }],
] as const)('that what %s failed is told in the channel, wherever its card is', async (_name, step) => {
  const rig = createRig({ playbooks: [believing], world: { silent: ['gather'], failing: -1 } });
  await playStep(rig, step);
  await rig.pass(13 * minute);
  expect(rig.row(1)).toMatchObject({ state: 'failed', stage: 'evaluation' });
  expect(failures(rig)).toEqual([true]);
});

describe('an alert whose cluster does not say what it is about', () => {
  const crashing = {
    do: 'alert',
    labels: { alertname: 'Down', namespace: 'shop', pod: 'web-1' },
  } as const;
  const silentFor = async (seconds: number) => {
    const rig = createRig({ playbooks: [believing], world: { silent: ['ownerOf'], failing: -1 } });
    await playStep(rig, crashing);
    await rig.pass(seconds);
    return rig;
  };
  const told = ({ now }: Rig) => now().shelf.log.filter(({ outcome }) => outcome === 'no_action').length;

  test('waits through an outage, and is proposed for when it is over', async () => {
    const rig = await silentFor(9 * minute);
    expect([told(rig), rig.now().shelf.remediations]).toEqual([0, []]);
    expect(rig.now().shelf.incidents).toMatchObject([{ state: 'received' }]);
    rig.now().world.silent = [];
    await rig.pass(minute);
    expect([told(rig), rig.now().shelf.remediations.length]).toEqual([0, 1]);
  });

  test('that is resolved meanwhile waits on, and is over once it was looked at, where nothing else is claimed', async () => {
    const rig = await silentFor(5 * minute);
    resolve(rig);
    await rig.pass(4 * minute);
    expect([told(rig), rig.now().shelf.incidents]).toMatchObject([0, [{ state: 'received' }]]);
    rig.now().world.silent = [];
    await rig.pass(minute);
    expect([told(rig), rig.now().shelf.remediations]).toEqual([1, []]);
    const [end] = rig.now().shelf.log.filter(({ outcome }) => outcome === 'no_action');
    expect(end?.detail).toBe('Playbook restart: The alert was over at 12:05 UTC, before it was looked at.');
  });

  test('ends without an action after ten minutes', async () => {
    const rig = await silentFor(10 * minute);
    expect(told(rig)).toBe(0);
    await rig.pass(3 * minute);
    expect([told(rig), rig.now().shelf.remediations]).toEqual([1, []]);
  });
});

/* An outage may take along what alerts are measured by: then they are resolved while nothing is well. */
describe('an alert that is resolved while its cluster is silent', () => {
  const over = 'The alert was over at 12:05 UTC, before it was looked at';
  const resolvedIn = async (rig: Rig) => {
    await playStep(rig, down);
    await rig.pass(5 * minute);
    resolve(rig);
    await rig.pass(4 * minute);
  };
  const answers = async (rig: Rig, isIll: boolean) => {
    Object.assign(rig.now().world, { silent: [], ill: isIll });
    await rig.pass(minute);
  };

  describe('before it is looked at', () => {
    const waiting = async () => {
      const rig = createRig({ playbooks: [claiming], world: { silent: ['gather'], failing: -1 } });
      await resolvedIn(rig);
      expect(rig.now().shelf.incidents).toMatchObject([{ state: 'received' }]);
      return rig;
    };

    test('is proposed for where nothing is well, and its reason says so', async () => {
      const rig = await waiting();
      await answers(rig, true);
      expect(rig.row(1)).toMatchObject({
        state: 'succeeded',
        reason: `It crashes. (${over}; the playbook's claim is true all the same.)`,
      });
    });

    test.each<[string, Partial<World>, string]>([
      ['is not there any more', { absent: true }, 'There is no Deployment/web in shop.'],
      ['may not be looked at', { denied: 'It may not get it.' }, 'It may not get it.'],
    ])('is not proposed for where what it is about %s', async (_name, is, sentence) => {
      const rig = await waiting();
      Object.assign(rig.now().world, is);
      await answers(rig, true);
      const { remediations, log } = rig.now().shelf;
      expect([remediations, log.map(({ detail }) => detail)]).toEqual([
        [],
        [`Playbook restart: ${over}. ${sentence}`],
      ]);
    });

    test('is not proposed for where all is well', async () => {
      const rig = await waiting();
      await answers(rig, false);
      expect([rig.now().shelf.remediations, rig.now().shelf.log]).toMatchObject([
        [],
        [{ outcome: 'no_action' }],
      ]);
    });
  });

  describe('before what it brought about is judged', () => {
    const waiting = async () => {
      const probe = async (point: string) => {
        if (point === 'committed:received') rig.now().world.silent = ['gather'];
      };
      const rig = createRig({ playbooks: [claiming], probe, world: { ill: true, failing: -1 } });
      await resolvedIn(rig);
      expect(rig.row(1).state).toBe('requested');
      return rig;
    };

    test('goes on where nothing is well', async () => {
      const rig = await waiting();
      await answers(rig, true);
      expect(rig.row(1).state).toBe('succeeded');
    });

    test('is withdrawn where all is well, and nothing has failed', async () => {
      const rig = await waiting();
      await answers(rig, false);
      expect([rig.row(1).state, failures(rig), rig.now().world.writes]).toEqual(['no_action', [], []]);
    });
  });
});

describe('what is asked for at a cluster that does not answer', () => {
  const silentFor = async (seconds: number, step: ScriptStep = down) => {
    const rig = createRig({ playbooks: [believing], world: { silent: ['gather'], failing: -1 } });
    await playStep(rig, step);
    await rig.pass(seconds);
    return rig;
  };
  const answersAgain = async (rig: Rig) => {
    rig.now().world.silent = [];
    await rig.pass(minute);
  };

  test('by an alert waits through an outage, and is evaluated when it is over', async () => {
    const rig = await silentFor(9 * minute);
    expect([rig.row(1).state, failures(rig), rig.now().shelf.messages]).toEqual(['requested', [], []]);
    await answersAgain(rig);
    expect(rig.row(1).state).not.toBe('requested');
    expect([isFailed(rig), failures(rig)]).toEqual([false, []]);
  });

  test('by an alert has one job, due half a minute after the last look, and is lost to no reload', async () => {
    const rig = await silentFor(5 * minute);
    rig.reload();
    const { shelf, now } = rig.now();
    expect(shelf.jobs).toMatchObject([{ wake: { kind: 'step', id: rig.row(1).id, version: 0, deaths: 0 } }]);
    expect(shelf.jobs.every(({ dueAt }) => dueAt > now && dueAt <= after(now, 30))).toBe(true);
    await answersAgain(rig);
    expect([rig.now().shelf.remediations.length, isFailed(rig)]).toEqual([1, false]);
  });

  test('by an alert waits also where its process is stopped right before it says so', async () => {
    const stopped = Object.assign(new Error('stopped'), { name: 'Stopped' });
    const probe = async (point: string) => {
      if (point === 'waits:requested' && rig.now().faults.length < 2) throw stopped;
    };
    const rig = createRig({ playbooks: [believing], probe, world: { silent: ['gather'], failing: -1 } });
    await playStep(rig, down);
    await rig.pass(5 * minute);
    expect(rig.now().faults).toEqual(['ClusterFault', 'Stopped']);
    await answersAgain(rig);
    expect([rig.now().shelf.remediations.length, isFailed(rig)]).toEqual([1, false]);
  });

  test('by an alert that is resolved meanwhile ends once it answers, where nothing else is claimed', async () => {
    const rig = await silentFor(5 * minute);
    resolve(rig);
    await rig.pass(4 * minute);
    expect([rig.row(1).state, failures(rig)]).toEqual(['requested', []]);
    await answersAgain(rig);
    const failure = 'The alert was over at 12:05 UTC, before it was looked at.';
    expect([rig.row(1), failures(rig)]).toMatchObject([{ state: 'no_action', failure }, []]);
  });

  test('by an alert fails after ten minutes', async () => {
    const rig = await silentFor(10 * minute);
    expect(rig.row(1).state).toBe('requested');
    await rig.pass(minute);
    expect([rig.row(1), failures(rig)]).toMatchObject([{ state: 'failed', stage: 'evaluation' }, [true]]);
  });

  test('by a person fails after four tries', async () => {
    const rig = await silentFor(minute, { do: 'ask', text: 'rollout restart deploy/web -n shop' });
    expect([rig.row(1), failures(rig)]).toMatchObject([{ state: 'failed', stage: 'evaluation' }, [true]]);
    expect(rig.now().faults).toHaveLength(3);
  });
});

describe('what an alert asks for waits', () => {
  const faulty = new ClusterFault('The cluster us does not answer.');
  const byPlaybook = { kind: 'playbook', playbook: 'p', alert: 'a', claim: 'none' } as const;
  const looking = { ...byPlaybook, claim: 'unhealthy' } as const;
  const byPerson = { kind: 'person', actor: { userId: 'U0ASK', teamId: 'T0' } } as const;
  const rollback = { kind: 'rollback', of: someId, ofNumber: 1 } as const;
  const usual = {
    ...{ fault: faulty, attempt: 1, age: 0, resolvedAt: undefined, requestedBy: byPlaybook },
    ...{ replaces: undefined, isStopping: false },
  };
  interface Case extends Partial<Omit<typeof usual, 'fault' | 'resolvedAt' | 'requestedBy' | 'replaces'>> {
    readonly fault?: Error;
    readonly resolvedAt?: string;
    readonly requestedBy?: Remediation['requestedBy'];
    readonly replaces?: string;
  }
  test.each<[string, boolean, Case]>([
    ['at the second try', true, {}],
    ['at any later one', true, { attempt: 9 }],
    ['not at the first, which is made again at once', false, { attempt: 0 }],
    ['for ten minutes', true, { age: 599 }],
    ['not for longer', false, { age: 600 }],
    ['also once the alert is over', true, { resolvedAt: noon, requestedBy: looking }],
    ['not for a fault of our own', false, { fault: new TypeError('x is not a function') }],
    ['not where the process stops', false, { isStopping: true }],
    ['not for a person', false, { requestedBy: byPerson }],
    ['not for a rollback', false, { requestedBy: rollback }],
    [
      'not where somebody has clicked, and waits for the card in the place of theirs',
      false,
      { replaces: someId },
    ],
  ])('%s', async (_when, waits, given) => {
    const { fault, attempt, age, resolvedAt, requestedBy, replaces, isStopping } = { ...usual, ...given };
    const rig = createRig();
    rig.now().now = after(noon, age);
    const asked = remediationIn('requested');
    if (asked.state !== 'requested') throw new Error(`it is ${asked.state}`);
    const row = { ...asked, createdAt: noon, requestedBy, ...(replaces === undefined ? {} : { replaces }) };
    const context = { ...rig.context, store: { ...rig.context.store, resolvedAt: async () => resolvedAt } };
    const signal = isStopping ? AbortSignal.abort() : new AbortController().signal;
    const came = evaluateOrWait(context, row, { attempt, signal }, () => Promise.reject(fault));
    await (waits ? expect(came).resolves.toBe('waits') : expect(came).rejects.toBe(fault));
  });
});

describe('what is judged once its alert is over', () => {
  const byPlaybook = { kind: 'playbook', playbook: 'p', alert: 'a', claim: 'none' } as const;
  const step = {
    remediation: someId,
    number: 1,
    command: 'c',
    ended: 'failed',
    because: 'b',
    at: noon,
  } as const;
  interface Case {
    readonly attempt?: number;
    readonly requestedBy?: Remediation['requestedBy'];
    readonly resolvedAt?: string | undefined;
  }
  const usual = { attempt: 0, requestedBy: byPlaybook, resolvedAt: noon };
  test.each<[string, boolean, Case]>([
    ['ends where nothing else is claimed', true, {}],
    ['ends after a hiccup, too', true, { attempt: 1 }],
    ['goes on while the alert fires', false, { resolvedAt: undefined }],
    ['goes on where something is claimed', false, { requestedBy: { ...byPlaybook, claim: 'unhealthy' } }],
    ['goes on after a step before it', false, { attempt: 1, requestedBy: { ...byPlaybook, tried: [step] } }],
  ])('%s', async (_when, ends, given) => {
    const { attempt, requestedBy, resolvedAt } = { ...usual, ...given };
    const rig = createRig();
    const asked = remediationIn('requested');
    if (asked.state !== 'requested') throw new Error(`it is ${asked.state}`);
    const row = { ...asked, requestedBy };
    const context = { ...rig.context, store: { ...rig.context.store, resolvedAt: async () => resolvedAt } };
    const moved: Transition = { event: 'judged', next: row, sideEffects: [] };
    const { signal } = new AbortController();
    const came = await evaluateOrWait(context, row, { attempt, signal }, async () => moved);
    if (!ends) return expect(came).toBe(moved);
    const failure = 'The alert was over at 12:00 UTC, before it was looked at.';
    expect(came).toMatchObject({ next: { state: 'no_action', failure } });
  });
});

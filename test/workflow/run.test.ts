import { describe, expect, test } from 'vitest';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import type { Claim, Wake } from '../../src/workflow/ports.ts';
import { putWake } from '../fixtures/memory-store.ts';
import { createRig, type Rig, strictPolicy } from '../fixtures/rig.ts';
import { alertOf, playStep } from '../fixtures/script.ts';

const down = 'scale deploy/web --replicas=1 -n shop';
const ask = (rig: Rig, text = down) => playStep(rig, { do: 'ask', text });
const approve = (rig: Rig) => playStep(rig, { do: 'approve', by: 'U0ANN' });

/** A job for a wake, as the engine would hand it out. */
function claimFor(rig: Rig, wake: Wake): Claim {
  const { context, now } = rig;
  putWake({ shelf: () => now().shelf, clock: context.clock, newId: context.newId }, wake, 0);
  return { queue: 'wake', jobId: String(now().shelf.jobsMade), attempt: 0 };
}

const isThere = (rig: Rig, { jobId }: Claim) => rig.now().shelf.jobs.some((job) => job.jobId === jobId);

async function handle(rig: Rig, wake: Wake, signal = new AbortController().signal): Promise<Claim> {
  const claim = claimFor(rig, wake);
  await handleWake(rig.context, wake, claim, signal);
  return claim;
}

const nobody = '00000000-0000-4000-8000-999999999999';

describe('a wake that means nothing any more is ended and changes nothing', () => {
  test.each<[string, (rig: Rig) => Wake]>([
    ['a step of an older version', (rig) => ({ kind: 'step', id: rig.row(1).id, version: 0 })],
    ['a step of a version that is yet to come', (rig) => ({ kind: 'step', id: rig.row(1).id, version: 9 })],
    [
      'a step of a row that waits for people',
      (rig) => ({ kind: 'step', id: rig.row(1).id, version: rig.row(1).version }),
    ],
    ['a step of a row that is not there', () => ({ kind: 'step', id: nobody, version: 0 })],
    ['a timer of an older version', (rig) => ({ kind: 'expire', id: rig.row(1).id, version: 1 })],
    [
      'a timer that goes off too early',
      (rig) => ({ kind: 'expire', id: rig.row(1).id, version: rig.row(1).version }),
    ],
    ['a timer of a row that is not there', () => ({ kind: 'expire', id: nobody, version: 0 })],
    ['a triage of an incident that is not there', () => ({ kind: 'triage', id: nobody, version: 0 })],
    [
      'a triage of an incident by a person',
      (rig) => ({ kind: 'triage', id: rig.row(1).incidentId, version: 0 }),
    ],
  ])('%s', async (_name, wakeOf) => {
    const rig = createRig();
    await ask(rig);
    await rig.settle();
    const before = structuredClone(rig.now().shelf.remediations);
    const claim = await handle(rig, wakeOf(rig));
    expect(rig.now().shelf.remediations).toEqual(before);
    expect(isThere(rig, claim)).toBe(false);
  });

  test('a step of a row that has ended', async () => {
    const rig = createRig({ world: { absent: true } });
    await ask(rig);
    await rig.settle();
    const { id, version } = rig.row(1);
    const claim = await handle(rig, { kind: 'step', id, version });
    expect(isThere(rig, claim)).toBe(false);
    expect(rig.row(1).version).toBe(version);
  });

  test('a second triage of an incident', async () => {
    const rig = createRig();
    await rig.context.store.ingest([alertOf({ alertname: 'A' })]);
    await rig.settle();
    const [incident] = rig.now().shelf.incidents;
    const claim = await handle(rig, { kind: 'triage', id: incident?.id ?? nobody, version: 0 });
    expect(isThere(rig, claim)).toBe(false);
    expect(rig.now().shelf.log).toHaveLength(1);
  });

  test('a timer left over from before the first of two votes', async () => {
    const rig = createRig();
    await ask(rig, 'scale deploy/web --replicas=1 -n production');
    await rig.settle();
    await approve(rig);
    const timers = rig.now().shelf.jobs.map(({ wake, dueAt }) => [wake.kind, wake.version, dueAt]);
    const first = rig.row(1).version - 1;
    const due = '2026-03-01T13:00:00.000Z';
    expect(timers).toEqual([
      ['expire', first, due],
      ['expire', first + 1, due],
    ]);
    await rig.pass(3600);
    expect(rig.row(1)).toMatchObject({ state: 'expired', version: first + 2 });
  });
});

describe('a claim that was taken away', () => {
  test.each(['requested', 'approved', 'executing', 'verifying'])(
    'while %s: nothing is written',
    async (state) => {
      const rig = createRig();
      await ask(rig);
      if (state !== 'requested') {
        await rig.settle();
        await approve(rig);
        while (rig.row(1).state !== state) await rig.wake();
      }
      const before = structuredClone(rig.row(1));
      const { id, version } = before;
      const reason = new Error('stopping');
      await expect(handle(rig, { kind: 'step', id, version }, AbortSignal.abort(reason))).rejects.toBe(
        reason,
      );
      expect(rig.row(1)).toEqual(before);
      expect(rig.now().world.writes).toHaveLength(state === 'verifying' ? 1 : 0);
    },
  );

  test('while an alert is looked at', async () => {
    const rig = createRig();
    await rig.context.store.ingest([alertOf({ alertname: 'A' })]);
    const [incident] = rig.now().shelf.incidents;
    const wake = { kind: 'triage', id: incident?.id ?? nobody, version: 0 } as const;
    await expect(handle(rig, wake, AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping');
    expect(rig.now().shelf.incidents[0]?.state).toBe('received');
  });

  test('another replica has done the step meanwhile', async () => {
    const rig = createRig();
    await ask(rig);
    const wake = { kind: 'step', id: rig.row(1).id, version: 0 } as const;
    const lost = claimFor(rig, wake);
    await rig.wake();
    await handleWake(rig.context, wake, lost, new AbortController().signal);
    expect(rig.now().shelf.events.map(({ event }) => event)).toEqual(['requested', 'evaluated']);
    expect(isThere(rig, lost)).toBe(false);
  });
});

test('a target that is held puts the wake off, and the row stays as it is', async () => {
  const rig = createRig({
    policy: () => ({ ...strictPolicy, repeats: { ...strictPolicy.repeats, minutes: 0 } }),
  });
  await ask(rig, 'scale deploy/web --replicas=4 -n shop');
  while (rig.row(1).state !== 'executing') await rig.wake();
  await ask(rig, 'rollout pause deploy/web -n shop');
  const { context } = rig;
  for (const version of [0, 1, 2]) await handle(rig, { kind: 'step', id: rig.row(2).id, version });
  expect(rig.row(2)).toMatchObject({ state: 'approved', version: 2 });
  const putOff = rig.now().shelf.jobs.filter(({ wake }) => wake.id === rig.row(2).id && wake.version === 2);
  expect(putOff.map(({ attempt, dueAt }) => [attempt, dueAt > context.clock()])).toContainEqual([0, true]);
});

/** A stop that a test asks for; the engine gives the job back, as after a kill. */
class Stopped extends Error {
  override name = 'Stopped';
}

/** Every probe that one remediation by a person passes, in order. */
async function pointsOf(): Promise<string[]> {
  const points: string[] = [];
  const rig = createRig({ probe: async (point) => void points.push(point) });
  await ask(rig);
  await rig.settle();
  await approve(rig);
  await rig.settle();
  return points.filter((point) => !point.endsWith('-vote'));
}

describe('killed once at any point, it still ends once', () => {
  test('at every probe of a remediation', async () => {
    const points = await pointsOf();
    expect(new Set(points)).toContain('after-write');
    for (const [index, point] of points.entries()) {
      let passed = -1;
      const rig = createRig({
        probe: async (name) => {
          if (name.endsWith('-vote')) return;
          passed += 1;
          if (passed === index) throw new Stopped(point);
        },
      });
      await ask(rig);
      await rig.settle();
      await approve(rig);
      await rig.settle();
      const { shelf, world } = rig.now();
      const told = `${index} ${point}`;
      expect(rig.row(1).state, told).toBe('succeeded');
      expect(
        world.writes.filter(({ changed }) => changed),
        told,
      ).toHaveLength(1);
      expect(shelf.log, told).toHaveLength(1);
      expect(shelf.verdicts, told).toHaveLength(1);
      expect(
        shelf.events.map(({ version }) => version),
        told,
      ).toEqual(shelf.events.map((_, version) => version));
    }
  });
});

describe('a step that its processes do not survive', () => {
  const at = async (state: string) => {
    const rig = createRig();
    await ask(rig);
    if (state !== 'requested') await rig.settle();
    if (state !== 'requested') await approve(rig);
    while (rig.row(1).state !== state) await rig.wake();
    return rig;
  };
  const die = (rig: Rig, deaths: number) =>
    handle(rig, { kind: 'step', id: rig.row(1).id, version: rig.row(1).version, deaths });

  test.each(['requested', 'approved', 'executing'])('is given up in %s after five deaths', async (state) => {
    const rig = await at(state);
    await die(rig, 5);
    expect(rig.row(1)).toMatchObject({
      state: 'failed',
      failure: expect.stringMatching(/^Firebreak gave up: 5 of its processes died at this step\./),
    });
  });

  test('leaves the verdict open when it was the proof that killed', async () => {
    const rig = await at('verifying');
    await die(rig, 5);
    expect(rig.row(1)).toMatchObject({ state: 'learning', verdict: { result: 'inconclusive' } });
  });

  test.each([
    ['was not begun', undefined, expect.not.stringContaining('not known')],
    [
      'was handed over by a process that stopped',
      0,
      expect.stringContaining('Whether the change was made is not known.'),
    ],
  ])('a step that %s says what may have been sent', async (_name, deaths, failure) => {
    const rig = await at('executing');
    const actor = { userId: 'U0ANN', teamId: 'T0' };
    await rig.commands.remediate({ text: 'stop just now', actor, requestKey: 'stop' });
    const { id, version } = rig.row(1);
    await handle(rig, { kind: 'step', id, version, deaths });
    expect(rig.row(1)).toMatchObject({ state: 'failed', failure });
  });

  test('is tried again after four', async () => {
    const rig = await at('requested');
    await die(rig, 4);
    expect(rig.row(1).state).toBe('evaluated');
  });

  test('ends a triage with the reason', async () => {
    const rig = createRig();
    await playStep(rig, { do: 'alert', labels: { alertname: 'Odd' } });
    const [incident] = rig.now().shelf.incidents;
    if (incident === undefined) throw new Error('there is no incident');
    await handle(rig, { kind: 'triage', id: incident.id, version: incident.version, deaths: 5 });
    expect(rig.now().shelf.incidents).toMatchObject([{ state: 'triaged' }]);
  });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Remediation } from '../../src/domain/remediation.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import { createPeopleFirst } from '../../src/workflow/intake/people-first.ts';
import { triageAsleep } from '../../src/workflow/intake/triage-asleep.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import type { Wake } from '../../src/workflow/ports.ts';
import { playbook } from '../fixtures/proposed.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig } from '../fixtures/rig.ts';
import { alertOf } from '../fixtures/script.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Somebody waits until the answered function is called. */
function somebody({ asked }: ReturnType<typeof createPeopleFirst>) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const answered = asked(() => promise);
  return async () => {
    resolve();
    await answered;
  };
}

/** Whether alerts are put off for so many milliseconds, and no longer. */
async function isPutOffFor(milliseconds: number, putOff: Promise<void> | undefined): Promise<boolean> {
  let over = false;
  void putOff?.then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(milliseconds - 1);
  const before = over;
  await vi.advanceTimersByTimeAsync(1);
  return !before && over;
}

test('alerts have their turn where no person waits, and when the last is answered', async () => {
  const people = createPeopleFirst();
  expect(people.afterPeople()).toBeUndefined();
  const [one, another] = [somebody(people), somebody(people)];
  let over = false;
  void people.afterPeople()?.then(() => {
    over = true;
  });
  await one();
  expect(over).toBe(false);
  await another();
  expect(over).toBe(true);
  expect(people.afterPeople()).toBeUndefined();
});

test('what a person asks for is answered with what came of it, also where it failed', async () => {
  const people = createPeopleFirst();
  expect(await people.asked(async () => 7)).toBe(7);
  await expect(people.asked(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(people.afterPeople()).toBeUndefined();
});

test('alerts are put off for a quarter of a second at a time, and then have a turn, whoever comes and goes', async () => {
  const people = createPeopleFirst();
  const leave = somebody(people);
  expect(await isPutOffFor(250, people.afterPeople())).toBe(true);
  await leave();
  somebody(people);
  expect(people.afterPeople()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(49);
  expect(people.afterPeople()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(await isPutOffFor(250, people.afterPeople())).toBe(true);
});

test('a turn begins when alerts are really let go, however late the timer is', async () => {
  const people = createPeopleFirst();
  somebody(people);
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now');
  const putOff = people.afterPeople();
  // The event loop was held up until 310, and the timer comes after who asks.
  clock.mockImplementation(() => now() + 310);
  expect(people.afterPeople()).toBe(putOff);
  clock.mockImplementation(() => now() + 60);
  expect(await isPutOffFor(250, putOff)).toBe(true);
  expect(people.afterPeople()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(49);
  expect(people.afterPeople()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(await isPutOffFor(250, people.afterPeople())).toBe(true);
});

test('all that is put off waits for the same, with one timer, whoever comes and goes', async () => {
  const people = createPeopleFirst();
  const leave = somebody(people);
  const putOff = people.afterPeople();
  expect(people.afterPeople()).toBe(putOff);
  await leave();
  await putOff;
  await vi.advanceTimersByTimeAsync(100);
  somebody(people);
  const rest = people.afterPeople();
  expect(people.afterPeople()).toBe(rest);
  expect(vi.getTimerCount()).toBe(1);
  expect(await isPutOffFor(150, rest)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

const actor = { userId: 'U0ALICE', teamId: 'T0' };
const id = '00000000-0000-4000-8000-999999999999';

test.each<[string, (commands: ReturnType<typeof createCommands>) => Promise<unknown>]>([
  ['a command', (commands) => commands.remediate({ text: 'status', actor, requestKey: 'k' })],
  ['a click', (commands) => commands.vote({ remediationId: id, actor, decision: 'approve', digest: 'd' })],
  ['a look', (commands) => commands.details({ id, actor })],
])('%s goes before alerts until it is answered', async (_what, ask) => {
  const peopleFirst = createPeopleFirst();
  const { context } = createRig();
  const seen: boolean[] = [];
  const people = async () => {
    seen.push(peopleFirst.afterPeople() !== undefined);
    return context.people();
  };
  await ask(createCommands({ ...context, people, peopleFirst }));
  expect(seen).toContain(true);
  expect(seen).not.toContain(false);
  expect(peopleFirst.afterPeople()).toBeUndefined();
});

/** Counts how often it is asked whether people wait. */
function counting() {
  const counted = { asked: 0 };
  const afterPeople = () => {
    counted.asked += 1;
    return undefined;
  };
  return { counted, peopleFirst: { ...createPeopleFirst(), afterPeople } };
}

const claim = { queue: 'wake', jobId: '1', attempt: 0 };

test.each<[Wake['kind'], boolean]>([
  ['triage', true],
  ['look', true],
  ['end', true],
  ['drift', true],
  ['aftermath', false],
  ['step', false],
  ['expire', false],
])('a wake of kind %s waits for people: %o', async (kind, waits) => {
  const { counted, peopleFirst } = counting();
  const { context } = createRig();
  await handleWake({ ...context, peopleFirst }, { kind, id, version: 0 }, claim, AbortSignal.any([]));
  expect(counted.asked).toBe(waits ? 1 : 0);
});

test.each<[string, Remediation, boolean]>([
  ['an alert asks for', remediationIn('requested', { requestedBy: playbook() }), true],
  ['an alert asks for, once judged', remediationIn('evaluated', { requestedBy: playbook() }), true],
  ['an alert asked for, once approved', remediationIn('approved', { requestedBy: playbook() }), false],
  [
    'takes the place of what a person decided on',
    { ...remediationIn('requested', { requestedBy: playbook() }), replaces: id },
    false,
  ],
  ['a person asks for', remediationIn('requested'), false],
])('a step of what %s waits for people: %o', async (_what, row, waits) => {
  const { counted, peopleFirst } = counting();
  const { context } = createRig({ probe: () => Promise.reject(new Error('enough')) });
  const wake = { kind: 'step', id: row.id, version: row.version } as const;
  const step = handleWake({ ...context, peopleFirst }, wake, claim, AbortSignal.any([]), row);
  await expect(step).rejects.toThrow('enough');
  expect(counted.asked).toBe(waits ? 1 : 0);
});

test('a batch of alerts that has been taken lets people go first once, and no more', async () => {
  const rig = createRig();
  const alerts = ['a', 'b', 'c'].map((fingerprint) => ({
    ...alertOf({ alertname: 'Down', namespace: 'shop', deployment: 'web' }),
    fingerprint,
  }));
  await rig.context.store.ingest(alerts);
  const happened: string[] = [];
  const peopleFirst = {
    ...createPeopleFirst(),
    afterPeople: async () => void happened.push('people'),
  };
  const store = {
    ...rig.context.store,
    takeAsleep: async () => {
      happened.push('taken');
      return structuredClone(rig.now().shelf.incidents);
    },
    settleAsleep: async () => void happened.push('settled'),
  };
  await triageAsleep({ ...rig.context, store, peopleFirst }, AbortSignal.any([]));
  expect(happened).toEqual(['taken', 'people', 'settled']);
});

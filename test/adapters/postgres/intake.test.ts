import { expect, test } from 'vitest';
import { type CommitAlerts, createIntake } from '../../../src/adapters/postgres/incidents/intake.ts';
import type { Alert } from '../../../src/domain/incidents/incident.ts';
import { noon } from '../../fixtures/facts.ts';

const alert = (fingerprint: string): Alert => ({
  fingerprint,
  status: 'firing',
  labels: {},
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
});
const alerts = (count: number): Alert[] => Array.from({ length: count }, (_, n) => alert(`${n}`));

const nobody = async () => {};

/** A commit that waits until it is let go, and says of each request how many alerts it had. */
function held() {
  const batches: number[][] = [];
  let gate = Promise.withResolvers<void>();
  const commit: CommitAlerts = async (requests) => {
    batches.push(requests.map((request) => request.length));
    await gate.promise;
    return requests.map((request) => ({ opened: request.length, known: 0, resolved: 0 }));
  };
  const release = () => {
    gate.resolve();
    gate = Promise.withResolvers<void>();
    gate.resolve();
  };
  return { batches, commit, release };
}

test('what comes in while a commit is under way is the next commit, and each is told of its own', async () => {
  const { batches, commit, release } = held();
  const { ingest } = createIntake(commit, nobody);
  const results = [1, 2, 3].map((count) => ingest(alerts(count)));
  release();
  expect(await Promise.all(results)).toEqual([1, 2, 3].map((opened) => ({ opened, known: 0, resolved: 0 })));
  expect(batches).toEqual([[1], [2, 3]]);
});

test('nothing is committed while a person is to go first, and then all that came meanwhile', async () => {
  const { batches, commit, release } = held();
  release();
  const person = Promise.withResolvers<void>();
  const { ingest } = createIntake(commit, nobody, () => person.promise);
  const results = [1, 2, 120].map((count) => ingest(alerts(count)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([]);
  person.resolve();
  await Promise.all(results);
  expect(batches).toEqual([[1, 2, 120]]);
});

test('many that wait are committed beside what is under way, two commits at a time at most', async () => {
  const { batches, commit, release } = held();
  const { ingest } = createIntake(commit, nobody);
  const results = [1, 60, 30, 10, 70, 50].map((count) => ingest(alerts(count)));
  // The first at once; when a hundred wait, those; what comes then waits for one of both.
  expect(batches).toEqual([[1], [60, 30, 10]]);
  release();
  expect((await Promise.all(results)).map(({ opened }) => opened)).toEqual([1, 60, 30, 10, 70, 50]);
  expect(batches.slice(2)).toEqual([[70, 50]]);
});

test('a request of thousands is several transactions and one answer, after the last', async () => {
  const { batches, commit, release } = held();
  const result = createIntake(commit, nobody).ingest(alerts(2_500));
  release();
  expect(await result).toEqual({ opened: 2_500, known: 0, resolved: 0 });
  expect(batches).toEqual([[1_000], [1_000], [500]]);
});

test('alerts that the database does not take keep out no others', async () => {
  const commit: CommitAlerts = async (requests) => {
    if (requests.flat().some(({ fingerprint }) => fingerprint === 'poison')) throw new Error('not this one');
    return requests.map(() => ({ opened: 1, known: 0, resolved: 0 }));
  };
  const { ingest } = createIntake(commit, nobody);
  const [first, poisoned, other] = await Promise.allSettled([
    ingest([alert('a')]),
    ingest([alert('poison')]),
    ingest([alert('b')]),
  ]);
  expect(first?.status).toBe('fulfilled');
  expect(poisoned).toMatchObject({ status: 'rejected', reason: new Error('not this one') });
  expect(other?.status).toBe('fulfilled');
});

test('with the database away all that wait are told at once, and the next is tried again', async () => {
  let asked = 0;
  const commit: CommitAlerts = async (requests) => {
    asked += 1;
    if (asked < 3) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    return requests.map(() => ({ opened: 1, known: 0, resolved: 0 }));
  };
  const { ingest } = createIntake(commit, nobody);
  const failed = await Promise.allSettled([1, 2, 3, 4].map((n) => ingest([alert(`${n}`)])));
  expect(failed.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
  expect(asked).toBe(2);
  expect(await ingest([alert('5')])).toMatchObject({ opened: 1 });
});

test('what waits in memory is bounded: who brings more is asked to send it again', async () => {
  const { commit, release } = held();
  const { ingest } = createIntake(commit, nobody);
  const first = ingest(alerts(15_000));
  await expect(ingest(alerts(5_001))).rejects.toThrow('15000 alerts wait');
  const second = ingest(alerts(5_000));
  release();
  expect(await Promise.all([first, second])).toMatchObject([{ opened: 15_000 }, { opened: 5_000 }]);
  expect(await ingest(alerts(20_000))).toMatchObject({ opened: 20_000 });
});

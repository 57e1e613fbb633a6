import { expect, test } from 'vitest';
import type { DriftedField } from '../../src/domain/incidents/drift.ts';
import type { Call, Plan } from '../../src/domain/plan.ts';
import { after } from '../../src/domain/text/time.ts';
import { overwritten, withoutOwnWrites } from '../../src/workflow/drift/own-writes.ts';
import { OtherVersion } from '../../src/workflow/other-version.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig } from '../fixtures/rig.ts';

const replicas = '/spec/replicas';
const template = '/spec/template';
const image = `${template}/spec/containers/0/image`;

function call(name: string, path: string): Call {
  return {
    kind: 'patch',
    ref: { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name },
    operations: [{ op: 'replace', path, value: 'new' }],
    recognise: { kind: 'fields', uid: `uid-of-${name}`, fields: [{ path, value: 'new' }] },
    sentence: `Writes ${path} of ${name}.`,
  };
}

/** A change that was verified, as its plan. */
function verified(id: string, calls: Plan['calls'], more: Partial<Plan> = {}) {
  const row = remediationIn('succeeded');
  if (row.state !== 'succeeded') throw new Error(`it is ${row.state}`);
  const results = calls.map(({ sentence }) => ({ sentence, alreadyDone: false, warnings: [] }));
  return { ...row, id, results, plan: { fieldManager: row.plan.fieldManager, calls, ...more } };
}

const [first, second] = ['4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0011', '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0012'];

const field = (place: string | undefined): DriftedField => ({
  ...{ object: 'an object', field: 'a field', verified: '1', now: '2', isBack: false },
  ...(place === undefined ? {} : { place }),
});

async function leftOf(own: Plan['calls'], later: Plan['calls'], more: Partial<Plan> = {}) {
  const row = verified(first, own);
  const other = { ...verified(second, later, more), startedAt: row.appliedAt };
  const { store } = createRig().context;
  return overwritten({ store: { ...store, past: async () => [other] } }, row);
}

test('a later change of one of two objects ends the watch over that one alone', async () => {
  const { isAll, has } = await leftOf(
    [call('web', replicas), call('cart', replicas)],
    [call('web', replicas)],
  );
  expect(isAll).toBe(false);
  const seen = ['web/spec/replicas', 'web', 'cart/spec/replicas', 'cart'];
  expect(seen.map((place) => has(field(`deployments shop ${place}`)))).toEqual([true, true, false, false]);
});

test.each<[string, string, string, boolean]>([
  ['the same field', replicas, replicas, true],
  ['another field', replicas, image, false],
  ['the whole of which it is a part', image, template, true],
  ['a part of it', template, image, false],
])('a later change of %s', async (_name, own, later, isOver) => {
  const { isAll, has } = await leftOf([call('web', own)], [call('web', later)]);
  expect([isAll, has(field(`deployments shop web${own}`))]).toEqual([isOver, isOver]);
});

test('a later change that has only paused others has written nothing', async () => {
  const paused = await leftOf([call('web', replicas)], [call('web', replicas)], { before: 1 });
  expect(paused.isAll).toBe(false);
});

test('a change that was asked for before and begun after ends the watch as well', async () => {
  const row = verified(first, [call('web', replicas)]);
  const later = verified(second, [call('web', replicas)]);
  const other = { ...later, createdAt: after(row.appliedAt, -60), startedAt: after(row.appliedAt, 60) };
  const { store } = createRig().context;
  const { isAll } = await overwritten({ store: { ...store, past: async () => [other] } }, row);
  expect(isAll).toBe(true);
});

test('what another version has written ends no watch, and its writes are known as ours', async () => {
  const row = verified(first, [call('web', replicas)]);
  const other = new OtherVersion({ number: 9, state: 'rolled_forward', at: row.appliedAt }, undefined);
  const { store } = createRig().context;
  const records = {
    store: { ...store, past: async () => [other], load: async () => Promise.reject(other) },
  };
  expect((await overwritten(records, row)).isAll).toBe(false);
  const written = (id: string) => ({
    ...field(`deployments shop web${replicas}`),
    by: { manager: `firebreak/${id}`, at: row.appliedAt },
  });
  const mine = field(`deployments shop web${image}`);
  expect(await withoutOwnWrites(records, row, [written(second), mine])).toEqual([mine]);
});

test('the writes of a remediation of another cluster are not ours', async () => {
  const row = verified(first, [call('web', replicas)]);
  const elsewhere = { ...verified(second, [call('web', replicas)]), cluster: 'another' };
  const { store } = createRig().context;
  const records = { store: { ...store, load: async () => elsewhere } };
  const written = {
    ...field(`deployments shop web${replicas}`),
    by: { manager: `firebreak/${second}`, at: row.appliedAt },
  };
  expect(await withoutOwnWrites(records, row, [written])).toEqual([written]);
  elsewhere.cluster = row.cluster;
  expect(await withoutOwnWrites(records, row, [written])).toEqual([]);
});

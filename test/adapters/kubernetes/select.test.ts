import { expect, test } from 'vitest';
import type { Read, Reader } from '../../../src/adapters/kubernetes/client/read.ts';
import { select } from '../../../src/adapters/kubernetes/facts/select.ts';

/** A reader of one list, as the API server would send it. */
function listing(items: readonly object[]): { reader: Reader; asked: unknown[] } {
  const asked: unknown[] = [];
  const never = (): never => {
    throw new Error('only a list is asked for');
  };
  const reader: Reader = {
    get: never,
    listSome: never,
    listMetadata: never,
    listIfServed: never,
    listFirstServed: never,
    api: never,
    signal: new AbortController().signal,
    async list<T>(
      schema: { parse(value: unknown): T },
      resource: unknown,
      query: unknown,
    ): Promise<Read<T[]>> {
      asked.push({ resource, query });
      return { kind: 'read', value: items.map((item) => schema.parse(item)) };
    },
  };
  return { reader, asked };
}

const named = (name: string, more: object = {}) => ({
  metadata: { name, uid: `uid-of-${name}`, resourceVersion: '1', ...more },
});

test('names are sorted, and what is on its way out is left out', async () => {
  const { reader, asked } = listing([
    named('web'),
    named('old', { deletionTimestamp: '2026-03-01T12:00:00Z' }),
    named('api'),
  ]);
  const selected = await select(reader, { kind: 'Deployment', namespace: 'shop', selector: 'tier=front' });
  expect(selected).toEqual({ kind: 'names', names: ['api', 'web'] });
  expect(asked).toMatchObject([
    { resource: { resource: 'deployments', namespace: 'shop' }, query: { labelSelector: 'tier=front' } },
  ]);
});

import { expect, test } from 'vitest';
import { type AbsentKinds, skippingAbsent } from '../../../src/adapters/kubernetes/client/absent-kinds.ts';
import type { Answer } from '../../../src/adapters/kubernetes/client/answer.ts';
import { pathOf, type Resource, resourceOf } from '../../../src/adapters/kubernetes/client/resource.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';

const routes = resourceOf('HTTPRoute', { namespace: 'shop' });
const list = (...names: string[]): Answer => ({
  kind: 'ok',
  status: 200,
  body: { items: names.map((name) => ({ metadata: { name } })) },
  warnings: [],
});
const refusal = (status: number): Answer => ({
  kind: 'refusal',
  status,
  sentence: 'no',
  reason: 'No',
  guardFailed: false,
});

/** An API server that says these things, and what it was asked for; each look begins anew. */
function server(said: { services: () => Answer; routes: Answer }) {
  const absent: AbsentKinds = new Map();
  return async (): Promise<{ answer: Answer; asked: string[] }> => {
    const asked: string[] = [];
    const api = skippingAbsent(async ({ resource }: { resource: Resource }) => {
      asked.push(pathOf(resource));
      return resource.resource === 'apiservices' ? said.services() : said.routes;
    }, absent);
    const { signal } = new AbortController();
    return { answer: await api({ method: 'GET', resource: routes, signal, mayBeAbsent: true }), asked };
  };
}

const services = pathOf(resourceOf('APIService'));
const there = pathOf(routes);

test('what was not installed is not asked for again while nothing of its group is served', async () => {
  const look = server({ services: () => list('v1.apps'), routes: refusal(404) });
  expect(await look()).toMatchObject({ answer: { status: 404 }, asked: [there] });
  expect(await look()).toMatchObject({ answer: { status: 404 }, asked: [services] });
});

test('what is installed meanwhile is seen by the next look', async () => {
  const said = { services: () => list('v1.apps'), routes: refusal(404) };
  const look = server(said);
  await look();
  Object.assign(said, { services: () => list('v1.gateway.networking.k8s.io'), routes: list('shop') });
  expect(await look()).toMatchObject({ answer: { kind: 'ok' }, asked: [services, there] });
  expect(await look()).toMatchObject({ answer: { kind: 'ok' }, asked: [there] });
});

const unreadable: [string, () => Answer][] = [
  ['is refused', () => refusal(403)],
  ['is no list', () => ({ kind: 'ok', status: 200, body: { items: 'many' }, warnings: [] })],
  [
    'cannot be had',
    () => {
      throw new ClusterFault('away');
    },
  ],
];

test.each(unreadable)('all are asked for where the list of what is served %s', async (_, said) => {
  const look = server({ services: said, routes: refusal(404) });
  await look();
  expect(await look()).toMatchObject({ answer: { status: 404 }, asked: [services, there] });
});

test('what may not be read is not taken for absent', async () => {
  const look = server({ services: () => list('v1.apps'), routes: refusal(403) });
  expect(await look()).toMatchObject({ asked: [there] });
  expect(await look()).toMatchObject({ answer: { status: 403 }, asked: [there] });
});

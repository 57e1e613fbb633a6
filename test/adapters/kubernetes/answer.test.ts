import { describe, expect, it } from 'vitest';
import { refusalOf, settles, statusOf } from '../../../src/adapters/kubernetes/client/answer.ts';

const pod = { apiVersion: 'v1', resource: 'pods', namespace: 'shop', name: 'web-0' };
const eviction = { ...pod, subresource: 'eviction' };
const jobs = { apiVersion: 'batch/v1', resource: 'jobs', namespace: 'shop' };

const budget = {
  reason: 'DisruptionBudget',
  message: 'The disruption budget web needs 2 healthy pods and has 2 currently',
};
const ending = { reason: 'NamespaceTerminating', message: 'namespace shop is being terminated' };
const message = "Cannot evict pod as it would violate the pod's disruption budget.";

const cases: [
  string,
  number,
  typeof pod | typeof jobs,
  object,
  { settled: boolean; hold?: number; says?: string },
][] = [
  [
    'a budget that has nothing to spare',
    429,
    eviction,
    { reason: 'TooManyRequests', message, details: { causes: [budget] } },
    {
      settled: true,
      hold: 5,
      says: 'Pod web-0 in namespace shop may not be evicted now: The disruption budget web needs 2 healthy pods and has 2 currently.',
    },
  ],
  [
    'a budget that is still being processed, with its own time',
    429,
    eviction,
    { reason: 'TooManyRequests', message, details: { retryAfterSeconds: 10, causes: [budget] } },
    { settled: true, hold: 10 },
  ],
  [
    'a server that wants fewer requests',
    429,
    eviction,
    { reason: 'TooManyRequests', message: 'slow down', details: { retryAfterSeconds: 1 } },
    { settled: false },
  ],
  [
    'two budgets, for ever',
    500,
    eviction,
    {
      message:
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    },
    {
      settled: true,
      says: 'Pod web-0 in namespace shop cannot be evicted: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    },
  ],
  ['a server in trouble', 500, eviction, { message: 'etcdserver: request timed out' }, { settled: false }],
  [
    'a namespace on its way out takes its pods along',
    403,
    eviction,
    { reason: 'Forbidden', message: 'forbidden', details: { causes: [ending] } },
    { settled: true, hold: 5 },
  ],
  [
    'and takes nothing new, ever',
    403,
    jobs,
    { reason: 'Forbidden', message: 'forbidden', details: { causes: [ending] } },
    { settled: true },
  ],
];

describe('the answer to an eviction', () => {
  it.each(cases)('%s', (_name, code, resource, body, { settled, hold, says }) => {
    const said = statusOf({ kind: 'Status', ...body });
    if (said === undefined) throw new Error('not a Status');
    expect(settles(code, resource, said)).toBe(settled);
    const { heldUpSeconds, sentence } = refusalOf(code, 'POST', resource, said);
    expect(heldUpSeconds).toBe(hold);
    if (says !== undefined) expect(sentence).toBe(says);
  });
});

import { expect, test } from 'vitest';
import { createUnknowns } from '../../../src/adapters/kubernetes/facts/unknowns.ts';
import { ClusterFault } from '../../../src/workflow/ports.ts';

test.each([
  [
    'Cluster prod (https://10.96.0.1:443) did not answer "list pods" within 5 s.',
    'Cluster prod did not answer "list pods" within 5 s.',
  ],
  [
    'Cluster prod (https://[fd00::1]:6443) refuses the connection: "list pods".',
    'Cluster prod refuses the connection: "list pods".',
  ],
  [
    'Cluster prod answered 500 to "list pods": no leader.',
    'Cluster prod answered 500 to "list pods": no leader.',
  ],
])('what could not be read is noted with its reason, without the address: %s', async (said, noted) => {
  const unknowns = createUnknowns(new AbortController().signal);
  await unknowns.orUnknown('pods of the cluster', Promise.reject(new ClusterFault(said)));
  expect(unknowns.list).toEqual([{ fact: 'pods of the cluster', reason: noted }]);
});

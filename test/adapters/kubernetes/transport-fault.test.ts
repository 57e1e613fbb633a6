import { expect, test } from 'vitest';
import { transportFault } from '../../../src/adapters/kubernetes/client/fault.ts';

const asked = {
  cluster: 'prod',
  server: 'https://10.96.0.1:443',
  what: 'get Namespace kube-system',
  timeoutMs: 5_000,
};
const where = 'Cluster prod (https://10.96.0.1:443)';
const aborted = (reason?: unknown) => AbortSignal.abort(reason);
const timedOut = new DOMException('The operation timed out', 'TimeoutError');

test.each([
  [
    'stopped by who asked',
    aborted(),
    'aborted',
    `Stopped while waiting for ${where}: "get Namespace kube-system".`,
  ],
  [
    'who asked has no time left',
    aborted(timedOut),
    'late',
    `${where} did not answer "get Namespace kube-system" in time.`,
  ],
  [
    'no answer in the time of a request',
    new AbortController().signal,
    timedOut,
    `${where} did not answer "get Namespace kube-system" within 5 s.`,
  ],
])('%s', (_case, caller, cause, sentence) => {
  const fault = transportFault(asked, caller, cause);
  expect(fault.message).toBe(sentence);
  expect(fault.cause).toBe(cause);
});

import { expect, test } from 'vitest';
import { unusedPolicy } from '../../src/cli/sandbox/folder.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['/etc/policy.yaml', /^FIREBREAK_POLICY \(\/etc\/policy.yaml\) is not used: /],
])('the sandbox says that it does not judge by %s', (file, said) => {
  const told = unusedPolicy({ FIREBREAK_POLICY: file });
  if (said === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(said);
});

import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';
import { withoutPassword, withoutSecret, withPassword, withSecret } from '../fixtures/address-lines.ts';
import { hidden, written } from '../fixtures/marked.ts';

test.each([...withPassword, ...withSecret])('%s', (line) => {
  expect(hidden(line)).toContain('[redacted]');
  expect(redact(written(line))).toBe(hidden(line));
});

test.each([...withoutPassword, ...withoutSecret])('stays as it is: %s', (line) => {
  expect(redact(written(line))).toBe(written(line));
});

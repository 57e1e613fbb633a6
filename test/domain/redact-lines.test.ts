import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';
import { assigned, nextWords, notAssigned, otherWords } from '../fixtures/assignment-lines.ts';
import { commandLines, manifests } from '../fixtures/manifest-lines.ts';
import { hidden, written } from '../fixtures/marked.ts';

test.each([...assigned, ...nextWords])('%s', (line) => {
  expect(hidden(line)).toContain('[redacted]');
  expect(redact(written(line))).toBe(hidden(line));
});

test.each([...manifests, ...commandLines])('%s', (lines) => {
  expect(redact(written(lines))).toBe(hidden(lines));
});

test.each([...notAssigned, ...otherWords])('stays as it is: %s', (line) => {
  expect(redact(line)).toBe(line);
});

test.each(['sent bearer  a1b2c3d4e5f6 to b', 'sent Bearer a1b2c3d4e5f6 to b'])('%s', (line) => {
  expect(redact(line)).toBe(line.replace('a1b2c3d4e5f6', '[redacted: bearer token]'));
});

test('a line with more secrets than a command can have is hidden from the first one on', () => {
  const [as, behind] = ['a mysql ', '-px1y2 '];
  expect(redact(`b\n${as}${behind.repeat(1001)}-v\nc`)).toBe(`b\n${as}-p[redacted]\nc`);
  expect(redact(`b\n${as}${behind.repeat(1000)}-v\nc`)).toBe(`b\n${as}${'-p[redacted] '.repeat(1000)}-v\nc`);
  expect(redact('a mysql -px1y2 -v\nb')).toBe('a mysql -p[redacted] -v\nb');
});

import { describe, expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';
import { harmlessLines } from '../fixtures/harmless-lines.ts';
import { type Sample, secretSamples } from '../fixtures/secrets.ts';

const samples = secretSamples();

/** Pieces of its secrets that come through. A short piece may stand for something else. */
function leaks({ text, secrets }: Sample): boolean {
  const out = redact(text);
  return secrets.some((secret) =>
    [secret.slice(0, 12), secret.slice(-12)].some((piece) => piece.length >= 8 && out.includes(piece)),
  );
}

describe('secrets of all families', () => {
  test('there are at least 250', () => {
    expect(samples.length).toBeGreaterThanOrEqual(250);
  });

  test('none comes through', () => {
    const through = samples.filter(leaks);
    expect(through.map(({ family, text }) => `${family}: ${text}`)).toEqual([]);
  });

  test('what was redacted stays as it is', () => {
    const changed = samples.map(({ text }) => redact(text)).filter((text) => redact(text) !== text);
    expect(changed).toEqual([]);
  });
});

test('of lines without a secret one is touched', () => {
  const lines = harmlessLines();
  expect(lines.length).toBeGreaterThanOrEqual(500);
  expect(lines.filter((line) => redact(line) !== line)).toEqual(['tenant_key=postgres-0']);
});

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

  test('no private key, web token, token of a cloud, Slack, GitHub or Kubernetes, and no database URL comes through', () => {
    const through = samples.filter(({ strict }) => strict).filter(leaks);
    expect(through.map(({ family, text }) => `${family}: ${text}`)).toEqual([]);
  });

  test('at least 95 in 100 are caught', () => {
    const through = samples.filter(leaks);
    expect(
      through.length / samples.length,
      through.map(({ family, text }) => `${family}: ${text}`).join('\n'),
    ).toBeLessThanOrEqual(0.05);
  });

  test('what was redacted stays as it is', () => {
    const changed = samples.map(({ text }) => redact(text)).filter((text) => redact(text) !== text);
    expect(changed).toEqual([]);
  });
});

test('at most 2 in 100 lines without a secret are touched', () => {
  const lines = harmlessLines();
  expect(lines.length).toBeGreaterThanOrEqual(500);
  const changed = lines.filter((line) => redact(line) !== line);
  expect(changed.length / lines.length, changed.map((line) => redact(line)).join('\n')).toBeLessThanOrEqual(
    0.02,
  );
});

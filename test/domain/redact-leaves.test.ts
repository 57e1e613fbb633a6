import { expect, test } from 'vitest';
import { type Facts, facts } from '../../src/domain/facts/facts.ts';
import { asJson, type Json } from '../../src/domain/text/json.ts';
import { redactLeaves } from '../../src/domain/text/redact-leaves.ts';
import { deploymentFacts, nodeFacts, podFacts } from '../fixtures/facts.ts';

const token = `ghp_${'a1B2'.repeat(9)}`;

test.each<[string, Json, Json]>([
  ['a text with a secret in it', { note: `see ${token}` }, { note: 'see [redacted: GitHub token]' }],
  ['a text whose key says so', { password: 'correct horse battery' }, { password: '[redacted]' }],
  [
    'texts in a list under such a key',
    { tokens: ['one two', 'three'] },
    { tokens: ['[redacted]', '[redacted]'] },
  ],
  [
    'an environment variable',
    { name: 'DB_PASSWORD', value: 'x y' },
    { name: 'DB_PASSWORD', value: '[redacted]' },
  ],
  ['another variable', { name: 'LANG', value: 'C' }, { name: 'LANG', value: 'C' }],
  ['deep down', { a: [{ b: { apiKey: 'abc' } }] }, { a: [{ b: { apiKey: '[redacted]' } }] }],
  ['where a secret is kept', { secretName: 'tls', valueFrom: null }, { secretName: 'tls', valueFrom: null }],
  ['what is no text', { password: 5, secret: null }, { password: 5, secret: null }],
])('%s', (_name, given, expected) => {
  expect(redactLeaves(given)).toEqual(expected);
  expect(redactLeaves(expected)).toEqual(expected);
});

test.each<[string, Facts]>([
  ['a workload', deploymentFacts()],
  ['a pod', podFacts()],
  ['a node', nodeFacts()],
])('facts of %s stay as they are', (_name, given) => {
  expect(facts.parse(redactLeaves(asJson(given)))).toEqual(given);
});

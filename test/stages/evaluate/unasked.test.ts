import { expect, it } from 'vitest';
import type { DryRunResult } from '../../../src/domain/plan.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { withDryRun } from '../../../src/stages/evaluate/unasked.ts';
import { deploymentFacts, noon, defaultPolicy as policy, scaleTo, specId } from '../../fixtures/facts.ts';
import { saidBy } from '../../fixtures/history.ts';

const accepted = (more: object = {}): DryRunResult => ({
  ...{ kind: 'accepted', sentence: 'The API server accepts it.', warnings: ['W'] },
  ...more,
});
const change = (field: string, more: object = {}) => ({ field, now: 'absent', next: 'there', ...more });
const foreign = (...fields: string[]) => fields.map((field) => change(field, { foreign: true }));

const judge = (replicas: number) =>
  evaluate({ id: specId, now: noon, action: scaleTo(replicas), facts: deploymentFacts(), policy });
const started =
  'Something else at the API server, such as an admission webhook, would also change what this does not write: ';
const stored = 'The API server would store something else: spec.replicas is 2.';

it.each<[string, DryRunResult, string[]]>([
  ['only what it writes', accepted({ changes: [change('spec.replicas')] }), []],
  ['a dry run of an older release', accepted(), []],
  ['no dry run', { kind: 'skipped', sentence: 'No dry run.' }, []],
  [
    'a field that a webhook adds',
    accepted({ changes: [change('spec.replicas'), ...foreign('metadata.labels["team"]')] }),
    [`${started}metadata.labels["team"].`],
  ],
  [
    'a field of one of several objects',
    accepted({ changes: [change('spec.paused', { object: 'deployments/web', foreign: true })] }),
    [`${started}spec.paused of deployments/web.`],
  ],
  [
    'many fields',
    accepted({ changes: foreign('a', 'b', 'c', 'd', 'e', 'f', 'g') }),
    [`${started}a, b, c, d, e and 2 more.`],
  ],
  ['another value than is written', accepted({ rewritten: [stored] }), [stored]],
  [
    'both',
    accepted({ changes: foreign('spec.paused'), rewritten: [stored] }),
    [`${started}spec.paused.`, stored],
  ],
])('what would run by itself, with %s', (_name, dryRun, sentences) => {
  const spec = judge(4);
  const raised = withDryRun(spec, dryRun);
  expect(spec.tier).toBe('auto');
  expect(saidBy(raised, 'unasked-change')).toEqual(sentences);
  expect(raised.tier).toBe(sentences.length === 0 ? 'auto' : 'human');
  if (sentences.length === 0) expect(raised).toBe(spec);
  else expect(raised.lineItems.filter(({ counted }) => counted).at(-1)?.rule).toBe('unasked-change');
});

it('what a person decides anyway stays as it was judged', () => {
  const spec = judge(1);
  expect(spec.tier).toBe('human');
  expect(withDryRun(spec, accepted({ changes: foreign('spec.paused') }))).toBe(spec);
});

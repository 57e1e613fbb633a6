import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import { noon, defaultPolicy as policy, specId } from '../../fixtures/facts.ts';

/*
 * Prints one digest of many verdicts with their explanations, for determinism.property.test.ts to run in processes that differ
 * in locale and time zone. The arguments are the seed and the number of situations.
 */
const [seed = 0, numRuns = 0] = process.argv.slice(2).map(Number);
const hash = createHash('sha256');
for (const { action, facts } of fc.sample(situations, { seed, numRuns })) {
  const spec = evaluate({ id: specId, now: noon, action, facts, policy });
  // As it stands, not canonical: the order of keys is part of the bytes.
  hash.update(JSON.stringify(spec));
  hash.update(counterfactualText(counterfactuals(spec, { action, facts, policy })));
}
process.stdout.write(`${hash.digest('hex')} ${Intl.DateTimeFormat().resolvedOptions().timeZone}\n`);

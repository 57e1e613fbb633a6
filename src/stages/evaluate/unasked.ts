import { describeTarget } from '../../domain/action.ts';
import type { DryRunResult } from '../../domain/plan.ts';
import { type DeclarativeSpec, needsApproval } from '../../domain/spec.ts';
import { tierFloor, tierOf } from '../../domain/tier.ts';
import { settle, uncounted } from './score.ts';

/**
 * The spec once its dry run is known: what would by itself do something else than it was judged for, such as what an admission
 * webhook adds, is for a person. What a person decides anyway stays as it is; the card shows it all.
 */
export function withDryRun(spec: DeclarativeSpec, dryRun: DryRunResult): DeclarativeSpec {
  const sentences = unaskedIn(dryRun);
  if (sentences.length === 0 || needsApproval(spec)) return spec;
  const source = `${describeTarget(spec.action.target)}: server-side dry run`;
  const raised = sentences.map((sentence) =>
    uncounted({ rule: 'unasked-change', term: 'floor', points: tierFloor.human, sentence, source }),
  );
  const lineItems = [...spec.lineItems.map((item) => ({ ...item })), ...raised];
  const score = settle(lineItems);
  return { ...spec, lineItems, score, tier: tierOf(score) };
}

/** Fields and differences that are named one by one; the card has all of them. */
const mostNamed = 5;

function unaskedIn(dryRun: DryRunResult): readonly string[] {
  if (dryRun.kind !== 'accepted') return [];
  const { changes = [], rewritten = [] } = dryRun;
  const fields = changes
    .filter(({ foreign }) => foreign)
    .map(({ object, field }) => (object === undefined ? field : `${field} of ${object}`));
  const first = rewritten.slice(0, mostNamed);
  if (fields.length === 0) return first;
  const more = fields.length - mostNamed;
  const named = `${fields.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const sentence = `Something else at the API server, such as an admission webhook, would also change what this does not write: ${named}.`;
  return [sentence, ...first];
}

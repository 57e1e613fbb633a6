import {
  bestRevision,
  type History,
  isProven,
  livedFor,
  standingOf,
} from '../../../../../actions/rollout/undo/standing.ts';
import { targetKey } from '../../../../../domain/action.ts';
import type { ComesBack } from '../../../../../domain/effect.ts';
import { span } from '../../../../../domain/text/clock-time.ts';
import { floor, nothing, type Rule, sourceOf, workloadOf } from '../../../rule.ts';

/**
 * Floor: a revision that was left as failing comes back, or one of which nothing shows that it ever worked. The latest one
 * that was ready for long is named, with the whole command.
 */
export const failingRevision: Rule = (input) => {
  const { back } = input.effect.content;
  const workload = workloadOf(input);
  if (back === undefined || workload === undefined) return nothing;
  const { facts, circumstances, action } = input;
  const key = targetKey(facts.cluster, action.target);
  const records = (circumstances.revisions ?? []).filter(({ target }) => target === key);
  const history = { workload, now: facts.gatheredAt, records };
  const { revision } = back;
  const standing = standingOf(revision, history);
  const source = sourceOf(input, `revision ${revision.revision} (${revision.source})`);
  if (standing.kind === 'failed') {
    const sentence = `Revision ${revision.revision} was left as failing: ${standing.reason}.`;
    return [floor('dual', `${sentence} ${instead(back, history)}`, source)];
  }
  if (standing.lived === undefined || isProven(revision, standing)) return nothing;
  const { from, to } = standing.lived;
  const sentence = `Revision ${revision.revision} was live for ${span(from, to)} only: whether its pods were ever ready is not known.`;
  return [floor('human', `${sentence}${better(back, history)}`, source)];
};

function instead(back: ComesBack, history: History): string {
  const best = bestRevision(history);
  if (best === undefined) return 'No other revision of its history is known to be any better.';
  const { revision, standing } = best;
  const command = back.commandTo(revision.revision);
  if (!isProven(revision, standing))
    return `Nothing speaks against revision ${revision.revision}: ${command}`;
  return `${provenWords(best)}: ${command}`;
}

/** Only one that is proven is better than one that is not known. */
function better(back: ComesBack, history: History): string {
  const best = bestRevision(history);
  if (best === undefined || !isProven(best.revision, best.standing)) return '';
  return ` ${provenWords(best)}: ${back.commandTo(best.revision.revision)}`;
}

function provenWords({ revision, standing }: NonNullable<ReturnType<typeof bestRevision>>): string {
  const number = revision.revision;
  if (standing.kind === 'failed' || standing.lived === undefined || livedFor(standing) === 0)
    return `Revision ${number} has ready pods`;
  return `Revision ${number} was live for ${span(standing.lived.from, standing.lived.to)}`;
}

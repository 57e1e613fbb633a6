import { kindOf } from '../../../../../actions/action-kinds.ts';
import { joined } from '../../../../../actions/sentence.ts';
import { verbs } from '../../../../../domain/action.ts';
import type { PastAction } from '../../../../../domain/circumstances.ts';
import { ownerOf } from '../../../../../domain/owner.ts';
import { minutesBetween } from '../../../../../domain/text/time.ts';
import { historyOf, type Remembered } from '../../../history.ts';
import { type Finding, nothing, type Rule, type RuleInput, raise } from '../../../rule.ts';

/**
 * Floor or block: Firebreak has just acted on the target or on another object of the same owner, or several times in a
 * day, whoever asked. A rollback that Firebreak offers needs a person for it, and never more.
 */
export const repeats: Rule = (input) => {
  const found = historyOf(input);
  if (found === undefined) return nothing;
  const { kind, name } = ownerOf(input);
  const owner = `${kind}/${name}`;
  if ('unknown' in found) {
    const sentence = `Not known: what Firebreak has done to ${owner} before (${found.unknown}).`;
    return [asked(input, sentence, 'policy.yaml: repeats')];
  }
  const last = found.actions.at(-1);
  if (last === undefined) return nothing;
  return [...again(input, found, last), ...inVain(input, found)];
};

function again(input: RuleInput, found: Remembered, last: PastAction): readonly Finding[] {
  const { kind, name } = ownerOf(input);
  const owner = `${kind}/${name}`;
  const { minutes, timesPerDay } = input.policy.repeats;
  const before = `Firebreak has acted on ${owner} already: ${told(found)}`;
  if (minutesBetween(last.at, found.asOf) < minutes) {
    const sentence = `${before}. Less than ${minutes} min ago: it may not have shown yet what it does.`;
    return [asked(input, sentence, 'policy.yaml: repeats.minutes')];
  }
  if (found.count < timesPerDay) return nothing;
  const sentence = `${before}. After ${timesPerDay} times in a day a person looks for the cause.`;
  return [asked(input, sentence, 'policy.yaml: repeats.timesPerDay')];
}

/** What one after the other did not help: those that are not over, and what is not known of them, say nothing. */
function inVain(input: RuleInput, { actions }: Remembered): readonly Finding[] {
  const most = input.policy.repeats.inVain;
  if (actions.length < most) return nothing;
  const ended = actions.filter(({ outcome }) => outcome !== undefined);
  const vain = ended.slice(ended.findLastIndex(({ outcome }) => outcome === 'verified') + 1);
  if (vain.length < most) return nothing;
  const { kind, name } = ownerOf(input);
  const told = joined(vain.map(({ number, outcome }) => `remediation ${number} (${outcome})`));
  const sentence = `The last ${vain.length} on ${kind}/${name} did not help: ${told}. A person looks for the cause first.`;
  return [asked(input, sentence, 'policy.yaml: repeats.inVain')];
}

function asked({ policy, circumstances }: RuleInput, sentence: string, source: string): Finding {
  const isRollback = circumstances.takesBack !== undefined;
  return raise(isRollback ? 'human' : policy.repeats.tier, sentence, source);
}

/** `restarted at 12:04, 12:11 and 12:30 UTC today, scaled at 12:40 UTC today`. */
function told({ actions, count, asOf }: Remembered): string {
  const day = (at: string) => (at.slice(0, 10) === asOf.slice(0, 10) ? 'today' : 'yesterday');
  const alike = Map.groupBy(actions, ({ verb, at }) => `${verb} ${day(at)}`);
  const groups = [...alike.values()].map((group) => sentenceOf(group, day));
  const more = count - actions.length;
  return `${groups.join(', ')}${more > 0 ? `, and ${more} times before that` : ''}`;
}

function sentenceOf(group: readonly PastAction[], day: (at: string) => string): string {
  const [first] = group;
  if (first === undefined) return '';
  const times = joined(group.map(({ at }) => at.slice(11, 16)));
  return `${doneWord(first.verb)} at ${times} UTC ${day(first.at)}`;
}

/** What only a newer version knows is named by its verb. */
function doneWord(verb: string): string {
  const known = verbs.find((each) => each === verb);
  return known === undefined ? verb : kindOf(known).command.done;
}

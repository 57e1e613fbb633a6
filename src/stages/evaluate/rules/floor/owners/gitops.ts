import type { Reversal } from '../../../../../domain/effect.ts';
import type { Facts } from '../../../../../domain/facts/facts.ts';
import { managerNames } from '../../../../../domain/facts/git-ops.ts';
import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

type GitOps = NonNullable<Facts['gitOps']>;

interface Habits {
  /** What it does that may undo a change. */
  readonly when: string;
  /** It looks and writes by itself; the others when somebody runs them, and a restart is long over by then. */
  readonly byItself: boolean;
}

const managers = {
  'argo-cd': { when: 'its next sync', byItself: true },
  flux: { when: 'its next sync', byItself: true },
  helm: { when: 'the next upgrade of the release', byItself: false },
  fleet: { when: 'its next sync', byItself: true },
  kapp: { when: 'the next deploy of the app', byItself: false },
  'config-sync': { when: 'its next sync', byItself: true },
  olm: { when: 'its next look', byItself: true },
  'addon-manager': { when: 'its next look', byItself: true },
  terraform: { when: 'the next apply', byItself: false },
} as const satisfies Record<GitOps['manager'], Habits>;

const deeds = {
  'put back': 'undo the change',
  'made anew': 'make it again, and it runs again',
  'restarted again': "take the restart's annotation away, which replaces the pods again",
} as const satisfies Record<Exclude<Reversal, 'nothing'>, string>;

/**
 * Floor: what is written elsewhere will be put back; a Job that is made again runs again. What is done to a pod is not
 * undone: no pod is in the source.
 */
export const gitops: Rule = (input) => {
  const { drift } = input.effect;
  if (drift.source === 'nothing') return nothing;
  const isScaler = drift.autoscaler !== undefined;
  const owner = drift.autoscaler ?? input.facts.gitOps;
  if (owner === undefined) return nothing;
  const { when, byItself } = managers[owner.manager];
  if (drift.source === 'restarted again' && !byItself) return nothing;
  const then = owner.sign === 'switched off' ? `once it is on again, ${when}` : when;
  const sentence = `${claim(owner, isScaler ? 'the autoscaler' : 'this object')}: ${then} may ${deeds[drift.source]}.`;
  return [floor('human', sentence, sourceOf(input, sourceFor(owner)))];
};

/** A mark is a claim to the whole object; fields once written may be all that was ever wanted. */
function claim({ manager, name, sign }: GitOps, what: string): string {
  const who = managerNames[manager];
  if (sign === 'switched off') return `${who} (${name}) owns ${what} and is switched off for it`;
  return sign === undefined
    ? `${who} (${name}) owns ${what}`
    : `${who} has written fields of ${what} (as ${name})`;
}

const sourceFor = ({ sign }: GitOps): string =>
  sign === 'managedFields' ? 'metadata.managedFields' : 'metadata';

import type { Facts } from '../../../../../domain/facts/facts.ts';
import { floor, nothing, type Rule, sourceOf } from '../../../rule.ts';

type GitOps = NonNullable<Facts['gitOps']>;

/** What each is called, and what it does that may undo a change. */
const managers = {
  'argo-cd': { name: 'Argo CD', when: 'its next sync' },
  flux: { name: 'Flux', when: 'its next sync' },
  helm: { name: 'Helm', when: 'the next upgrade of the release' },
  fleet: { name: 'Fleet', when: 'its next sync' },
  kapp: { name: 'kapp', when: 'the next deploy of the app' },
  'config-sync': { name: 'Config Sync', when: 'its next sync' },
  olm: { name: 'The Operator Lifecycle Manager', when: 'its next look' },
  'addon-manager': { name: 'The addon manager', when: 'its next look' },
  terraform: { name: 'Terraform', when: 'the next apply' },
} as const satisfies Record<GitOps['manager'], { name: string; when: string }>;

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
  const { when } = managers[owner.manager];
  const what = drift.source === 'made anew' ? 'make it again, and it runs again' : 'undo the change';
  const sentence = `${claim(owner, isScaler ? 'the autoscaler' : 'this object')}: ${when} may ${what}.`;
  return [floor('human', sentence, sourceOf(input, sourceFor(owner)))];
};

/** A mark is a claim to the whole object; fields once written may be all that was ever wanted. */
function claim({ manager, name, sign }: GitOps, what: string): string {
  const { name: who } = managers[manager];
  return sign === undefined
    ? `${who} (${name}) owns ${what}`
    : `${who} has written fields of ${what} (as ${name})`;
}

const sourceFor = ({ sign }: GitOps): string => (sign === undefined ? 'metadata' : 'metadata.managedFields');

import { z } from 'zod';
import { labelName, verbs } from '../action.ts';
import { labelKey, labelValue } from '../values.ts';
import { approvers, dualApprovers, requesters } from './people.ts';

/** What is switched off: nobody can approve it. */
export const actions = z.strictObject({ disabled: z.array(z.enum(verbs)).default([]) });

/**
 * Namespaces that belong together. A namespace is in it by its exact name, or when it has all the labels. It may be
 * in several: then the strictest of each counts, and the first that names requesters or approvers chooses them.
 */
export const environment = z.strictObject({
  match: z
    .strictObject({
      names: z.array(labelName).default([]),
      labels: z.record(labelKey, labelValue).default({}),
    })
    .refine(({ names, labels }) => names.length + Object.keys(labels).length > 0, {
      error: 'must name a namespace or a label; an environment that matches nothing is a mistake',
    }),
  /** Score multiplier. */
  factor: z.number().min(1).max(5).default(1),
  /** Nothing here changes without a person, and scaling to zero is refused. */
  production: z.boolean().default(false),
  actions: actions.prefault({}),
  /** Instead of the policy's own requesters. */
  requesters: requesters.optional(),
  /** Instead of the policy's own approvers, for the tiers that are named. */
  approvers: z.strictObject({ human: approvers.optional(), dual: dualApprovers.optional() }).optional(),
});
export type Environment = z.infer<typeof environment>;

/** One environment that a namespace is in. `known` is false when its labels could not be read: then it may be. */
export interface Membership {
  readonly name: string;
  readonly environment: Environment;
  readonly known: boolean;
}

const nowhere: readonly Membership[] = [];

/** The environments of a namespace, in the order of the policy. Labels that could not be read match every label. */
export function environmentsOf(
  environments: Readonly<Record<string, Environment>>,
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): readonly Membership[] {
  let found: Membership[] | undefined;
  for (const name of Object.keys(environments)) {
    const environment = environments[name];
    if (environment === undefined) continue;
    const match = matches(environment, namespace, labels);
    if (match !== 'no') {
      found ??= [];
      found.push({ name, environment, known: match === 'yes' });
    }
  }
  return found ?? nowhere;
}

function matches(
  { match }: Environment,
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): 'yes' | 'no' | 'maybe' {
  if (match.names.includes(namespace)) return 'yes';
  const wanted = Object.entries(match.labels);
  if (wanted.length === 0) return 'no';
  if (labels === undefined) return 'maybe';
  return wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) ? 'yes' : 'no';
}

/** What a place is called that is in no environment of the policy: where trust is earned, it has to have a name. */
export const elsewhere = {
  cluster: 'the cluster',
  production: 'production',
  other: 'other namespaces',
} as const;

import { z } from 'zod';
import { labelName } from '../action.ts';
import { stormLine } from '../incidents/storm.ts';
import { ceilings, repeats } from './brakes.ts';
import { budgets, trustDemand } from './budget.ts';
import { route } from './channels.ts';
import { clusterName, clusterPolicy } from './clusters.ts';
import { actions, environment } from './environment.ts';
import { freeze } from './freeze.ts';
import { incidentEnds } from './incidents.ts';
import { jsonAlertFormats } from './json-alerts.ts';
import { annotatedApprovers } from './owners.ts';
import { requesters, tierApprovers } from './people.ts';
import { gitOpsPolicy } from './repositories.ts';
import { retention } from './retention.ts';
import { extraRule, hardRule, type Predicate } from './rule.ts';
import { warningEvents } from './warning-events.ts';
import { weights } from './weights.ts';

/** At most 30 days: what is longer is a mistake, and far larger numbers are no instants any more. */
const seconds = z.number().int().positive().max(2_592_000);

/**
 * What a team decides about risk; one file, strict: an unknown key stops the load.
 * Every value has a default except the approvers, who must be named.
 */
export const policy = z.strictObject({
  version: z.literal(1),
  namespaces: z
    .strictObject({
      production: z.array(labelName).default(['production', 'prod']),
      /** Never touched, whoever approves, besides the built-in ones. */
      protected: z.array(labelName).default([]),
      /** Built-in protected namespaces that may be touched after all. */
      unprotected: z.array(labelName).default([]),
    })
    .prefault({}),
  /** Score multiplier of the production namespaces; others count once. */
  productionFactor: z.number().min(1).max(5).default(1.5),
  /** What the findings of the built-in rules count. */
  weights: weights.prefault({}),
  /** Who may ask for a change and see what was asked for; absent: every full member of the workspace. */
  requesters: requesters.optional(),
  approvers: tierApprovers.prefault({}),
  /** Where the owners' own group approves, named by the annotation firebreak.dev/approvers; nowhere by default. */
  annotatedApprovers: z.array(annotatedApprovers).max(200).default([]),
  /** Namespaces that belong together, by name or label. */
  environments: z.record(labelName, environment).default({}),
  /** Where messages go, by what they are about: the first that fits; else to FIREBREAK_CHANNEL. */
  channels: z.array(route).max(200).default([]),
  /** What is different in one of several clusters, by its name. */
  clusters: z.record(clusterName, clusterPolicy).default({}),
  /** The label of an alert that says which of several clusters it is about. */
  alertClusterLabel: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a label: letters, digits and underscores')
    .default('cluster'),
  /** What is switched off everywhere. */
  actions: actions.prefault({}),
  /** Of `time` in the rules. */
  timeZone: z.string().default('UTC'),
  hardRules: z.array(hardRule).default([]),
  rules: z.array(extraRule).default([]),
  freezes: z.array(freeze).default([]),
  /** The usual limits where it is left out (budget.ts). */
  budgets: budgets.optional(),
  /** Who looks at what is acted on again and again. */
  repeats: repeats.prefault({}),
  /** How large a workload may grow. */
  ceilings: ceilings.prefault({}),
  /** When so much happens that nothing is left to itself. */
  storm: stormLine.prefault({}),
  /** When an incident is over. */
  incidents: incidentEnds.prefault({}),
  /** What playbooks must have earned. */
  trust: trustDemand.optional(),
  /** How alerts are read that come as JSON of any other form to /webhooks/json, by the name of the format. */
  jsonAlerts: jsonAlertFormats.optional(),
  /** The Warning events of the cluster that are taken as alerts; absent: none. */
  warningEvents: warningEvents.optional(),
  /** Where manifests live, and how a change gets into them. */
  gitOps: gitOpsPolicy.prefault({}),
  /** How many changes one person may ask for within a minute, at each replica: each has a card, and Slack takes one a second. */
  changesPerMinute: z.number().int().min(1).max(1_000_000).default(60),
  /** How long a card waits for people, in seconds. */
  approvalTtlSeconds: seconds.default(3600),
  /** How long alerts that an approver silences stay silent at most, in minutes; with the verdict they are heard again. */
  silenceMinutes: z.number().int().min(5).max(1440).default(60),
  /** How long each eviction is asked for that a PodDisruptionBudget does not allow, in seconds from when the pod before it left. */
  evictionPatienceSeconds: seconds.default(600),
  /** How long after a change its rollback can be looked up: then the stored manifest of what was there is deleted, in hours. */
  rollbackWindowHours: z.number().int().min(1).max(720).default(72),
  /** After so many hours it is looked whether what was verified has lasted; only that earns a playbook trust. */
  secondLookHours: z.number().int().min(1).max(168).default(4),
  /** For so many hours what was verified is looked at for what drifts from it, and who changed that; 0: never. */
  driftHours: z.number().int().min(0).max(168).default(24),
  /** How long what is over is kept in the database, in days. */
  retention: retention.prefault({}),
  /** When the head of the audit chain is noted outside the database: after so many minutes or lines, whatever comes first. */
  auditAnchors: z
    .strictObject({
      minutes: z.number().int().min(1).max(10_080).default(60),
      lines: z.number().int().min(1).max(1_000_000).default(1_000),
    })
    .prefault({}),
  /** A server-side dry run comes before every change from this score on. 0: always. */
  dryRunFromScore: z.number().int().min(0).max(100).default(0),
  /** Nothing runs that a server-side dry run has not accepted, whatever its score; the executor looks again. */
  enforceDryRun: z.boolean().default(false),
  verification: z
    .strictObject({
      initialDelaySeconds: z.number().int().min(0).max(2_592_000).default(2),
      intervalSeconds: seconds.default(2),
      goodSamples: seconds.default(3),
      badSamples: seconds.default(3),
      errorSamples: seconds.default(5),
      deadlineSeconds: seconds.default(300),
    })
    .prefault({}),
});

/** A policy as it is judged by. What no file can say is told by the composition. */
export type Policy = z.infer<typeof policy> & {
  /** The namespace that Firebreak itself runs in. */
  readonly ownNamespace?: string;
  /** The clusters that are acted on, the default first; absent where there is one alone. */
  readonly clusterNames?: readonly [string, ...string[]];
  /** Where the freezes stand in the file, where that is not its own list of them. */
  readonly freezesFrom?: string;
  /** The expressions of its rules, compiled, by their text. A rule that is missing here cannot be answered. */
  readonly predicates?: ReadonlyMap<string, Predicate>;
};
export type { DualApprovers as Approvers } from './people.ts';
export type VerificationPlan = Policy['verification'];

/** The cluster's own namespaces (kubernetes.io, "Initial namespaces"); Firebreak's own, as deploy/ names it, is last. */
const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'firebreak'];

/** Why a namespace may not be touched: the policy's own list, or built in and not opted out of; undefined if it may. */
export function protectionOf(
  { namespaces, ownNamespace }: Pick<Policy, 'namespaces' | 'ownNamespace'>,
  namespace: string,
): 'listed' | 'built in' | undefined {
  if (namespaces.protected.includes(namespace)) return 'listed';
  if (namespace !== ownNamespace && !systemNamespaces.includes(namespace)) return undefined;
  return namespaces.unprotected.includes(namespace) ? undefined : 'built in';
}

import { type Playbook, stepNamed, substanceOf } from '../domain/incidents/playbook.ts';
import { nameNow, policyFor } from '../domain/policy/in-cluster.ts';
import { isStillListed } from '../domain/policy/owners.ts';
import { type DualApprovers, everybody, type Role } from '../domain/policy/people.ts';
import type { Approvers, Policy, VerificationPlan } from '../domain/policy/policy.ts';
import { type Remediation, specOf } from '../domain/remediation.ts';
import { canonicalJson, json } from '../domain/text/json.ts';
import { redact } from '../domain/text/redact.ts';
import { membershipsOf } from '../stages/evaluate/whereabouts.ts';
import type { Fence } from './applied.ts';
import type { Clusters } from './clusters-port.ts';
import type { PeopleFirst } from './intake/people-first.ts';
import type { JustSeen } from './lifecycle/members.ts';
import type { NotifiedPeople } from './notify/notified-port.ts';
import type { Clock, Cluster, Log, NewId, People, Sha256, Store } from './ports.ts';
import type { Repositories } from './repositories-port.ts';
import type { Silences } from './silences/silences-port.ts';
import type { Proposing } from './trust/proposals-port.ts';

/** Everything the workflow works with; built once in main.ts. */
export interface WorkflowContext {
  readonly store: Store;
  /** The one at hand: of a step, that of its remediation; else the default. */
  readonly cluster: Cluster;
  /** Where there are several. */
  readonly clusters?: Clusters;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly sha256: Sha256;
  readonly policy: () => Policy;
  readonly playbooks: () => readonly Playbook[];
  readonly log: Log;
  /** Where manifests live; absent where Firebreak reads no repository. */
  readonly repositories?: Repositories;
  /** Milliseconds for reading one before a card; as long as people wait unless told. */
  readonly repositoryPatience?: number | undefined;
  /** Of the step at hand; closed where there is none. */
  readonly fence: Fence;
  /**
   * Milliseconds from a click for which the last approval waits for the gate, to be committed with what that comes to; what is
   * left of Slack's three seconds is the commit's. Absent: the gate is always a step of its own.
   */
  readonly gatePatience?: number;
  /** Absent: alerts are put off for nobody. */
  readonly peopleFirst?: PeopleFirst;
  /** Absent: each step looks for itself. */
  readonly justSeen?: JustSeen;
  /** Resolves once the chat is connected. */
  readonly people: () => Promise<People>;
  /** Absent where nobody is sent direct messages. */
  readonly notified?: NotifiedPeople;
  /** Absent where alerts cannot be silenced. */
  readonly silences?: Silences;
  /** Absent where no change of the policy is proposed. */
  readonly proposing?: Proposing;
  /**
   * Called with the name of each point around a durable step. Does nothing in production; the fault tests
   * stop here and kill the process.
   */
  readonly probe: (point: string) => Promise<void>;
}

/** The verification plan of a remediation: the policy's, with what its playbook's step sets differently. */
export function verificationPlan(
  context: WorkflowContext,
  row: Pick<Remediation, 'requestedBy'>,
): VerificationPlan {
  const { requestedBy } = row;
  const plan = context.policy().verification;
  if (requestedBy.kind !== 'playbook') return plan;
  const playbook = context.playbooks().find((candidate) => candidate.name === requestedBy.playbook);
  const own = (playbook && stepNamed(playbook, requestedBy.step)?.verification) ?? {};
  const chosen = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...plan, ...Object.fromEntries(chosen) };
}

/** SHA-256 of what a playbook does: what it has earned holds for this. */
export const digestOf = ({ sha256 }: Pick<WorkflowContext, 'sha256'>, playbook: Playbook): string =>
  sha256(canonicalJson(json.parse(JSON.parse(JSON.stringify(substanceOf(playbook))))));

/**
 * Who may approve a remediation, by its tier and by the environments of its target: the first that names approvers
 * of this tier decides, else the policy's own.
 */
export function approversFor(policy: Policy, row: Remediation): Approvers {
  return everybody(chosenFor(policy, row));
}

/** The two groups of which one person each must approve; undefined when any approvers will do. */
export function rolesFor(policy: Policy, row: Remediation): readonly Role[] | undefined {
  return chosenFor(policy, row).separate;
}

function chosenFor(all: Policy, row: Remediation): DualApprovers {
  const facts = ('facts' in row ? row.facts : undefined) ?? { unknown: [], cluster: undefined };
  const cluster = nameNow(all, row.cluster, facts.cluster);
  const policy = policyFor(all, cluster);
  const tier = specOf(row)?.tier === 'dual' ? 'dual' : 'human';
  for (const { environment } of membershipsOf(row.action, facts, policy)) {
    const own = environment.approvers?.[tier];
    if (own !== undefined) return byOwners(policy, row, own, cluster);
  }
  return byOwners(policy, row, policy.approvers[tier], cluster);
}

/**
 * The owners' group in the place of those whom the policy names, where an annotation has chosen it and the policy still lets it.
 * Two different groups, where the policy demands them, are never made one.
 */
function byOwners(policy: Policy, row: Remediation, named: DualApprovers, cluster: string): DualApprovers {
  const chosen = specOf(row)?.approvers;
  if (chosen === undefined || named.separate !== undefined) return named;
  if (!isStillListed(policy, chosen.group, cluster)) return named;
  return { users: [], groups: [chosen.group] };
}

/** The sentence of a fault, fit to be shown: no secrets, one paragraph. */
export function faultSentence(fault: unknown): string {
  const lines = redact(fault instanceof Error ? fault.message : String(fault)).split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
